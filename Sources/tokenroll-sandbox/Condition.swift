import JSON

/// From where a token may be used.
struct Condition: Sendable {
  /// A network such as `10.0.0.0/8`, with the text it was given as.
  struct Network: Sendable {
    let text: String
    private let address: IPAddress
    private let length: Int

    init?(_ text: String) {
      let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
      guard let first = parts.first, let address = IPAddress(first) else { return nil }
      let width = address.bytes.count * 8
      guard let length = parts.count == 2 ? Int(parts[1]) : width, 0...width ~= length else { return nil }
      self.text = text
      self.address = address
      self.length = length
    }

    func contains(_ other: IPAddress) -> Bool { address.shares(length, bitsWith: other) }
  }

  var inside: [Network]
  var outside: [Network]

  func allows(_ peer: IPAddress) -> Bool {
    (inside.isEmpty || inside.contains { $0.contains(peer) }) && !outside.contains { $0.contains(peer) }
  }
}

// MARK: - JSON

extension Condition {
  init(_ fields: Fields) throws(FieldError) {
    guard let node = fields["request_ip"] else {
      inside = []
      outside = []
      return
    }
    let request = try Fields(node, at: "\(fields.pointer)/request_ip")
    inside = try Self.networks("in", of: request)
    outside = try Self.networks("not_in", of: request)
  }

  private static func networks(_ key: String, of fields: Fields) throws(FieldError) -> [Network] {
    var networks: [Network] = []
    for text in try fields.strings(key) ?? [] {
      guard let network = Network(text) else {
        throw fields.failure(
          "\(key)/\(networks.count)", "must be an address or a network such as 192.0.2.0/24")
      }
      networks.append(network)
    }
    return networks
  }

  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("request_ip")
    writer.beginObject()
    if !inside.isEmpty { writer.member("in", inside.map(\.text)) }
    if !outside.isEmpty { writer.member("not_in", outside.map(\.text)) }
    writer.endObject()
    writer.endObject()
  }
}
