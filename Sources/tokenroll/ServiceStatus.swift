internal import Core
internal import JSON

/// What the running service says about itself.
struct ServiceStatus {
  /// The last answer, whose entries are a portion of them.
  private(set) var summary: JSONNode?
  private(set) var entries: [JSONNode] = []

  /// Asks for everything.
  init(_ client: ControlClient) throws(ControlFailure) {
    var (summary, entries) = (JSONNode?.none, [JSONNode]())
    try client.call("Status", wantsMore: true) { reply in
      summary = reply
      entries += reply["entries"].map { Array($0.elements) } ?? []
    }
    (self.summary, self.entries) = (summary, entries)
  }

  /// An instant of an answer.
  static func time(_ node: JSONNode?) -> Timestamp? { node?.string.flatMap { try? Timestamp(rfc3339: $0) } }
}
