/// A request that has been received whole.
struct Request: Sendable {
  let method: String
  /// The path, percent-decoded, without the query.
  let path: String
  let query: [String: String]
  let authorization: String?
  let body: [UInt8]
  let peer: IPAddress?
  /// The identifier that the answer has as `cf-ray`.
  let ray: String
}
