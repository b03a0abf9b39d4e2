/// What many destinations have in common: everything but the file.
struct DestinationTerms: Sendable, Hashable {
  var format: Destination.Format
  var key: String?
  var template: String?
  var name: String?
  var mode: UInt16
  var owner: String?
  var group: String?
  var allow: Set<Destination.Exception>
  var keepPrevious: Int?
  var isBehindLink: Bool
}
