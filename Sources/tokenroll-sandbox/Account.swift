import JSON

/// An account and its tokens, in the order in which they were made.
struct Account: Sendable {
  let id: String
  var name: String
  private(set) var order: [String] = []
  private var byID: [String: Token] = [:]

  init(id: String, name: String) {
    self.id = id
    self.name = name
  }

  subscript(id: String) -> Token? {
    get { byID[id] }
    _modify { yield &byID[id] }
  }

  var tokens: some Sequence<Token> { order.lazy.compactMap { byID[$0] } }

  mutating func append(_ token: Token) {
    byID[token.id] = token
    order.append(token.id)
  }

  mutating func remove(_ id: String) {
    byID[id] = nil
    order.removeAll { $0 == id }
  }

  func write(at now: Instant, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("id", id)
    writer.member("name", name)
    writer.key("tokens")
    writer.beginArray()
    for token in tokens { token.write(.all, at: now, to: &writer) }
    writer.endArray()
    writer.endObject()
  }
}
