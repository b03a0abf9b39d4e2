/// What the Authorization header says.
enum Bearer: Sendable {
  case missing
  case malformed
  case secret(String)

  init(header: String?) {
    guard let header else {
      self = .missing
      return
    }
    let parts = header.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].lowercased() == "bearer", Self.isWellFormed(parts[1]) else {
      self = .malformed
      return
    }
    self = .secret(String(parts[1]))
  }

  /// True where `text` has the length that the API's description gives a secret, and characters of a header's.
  static func isWellFormed(_ text: some StringProtocol) -> Bool {
    40...80 ~= text.utf8.count
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }
}
