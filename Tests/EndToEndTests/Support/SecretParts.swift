/// All parts of some secrets that are long enough to be of use to anybody.
struct SecretParts {
  /// Their length.
  private static let length = 12

  private let parts: Set<ArraySlice<UInt8>>

  init(_ secrets: some Sequence<String>) {
    let length = Self.length
    var parts: Set<ArraySlice<UInt8>> = []
    for secret in secrets.map({ Array($0.utf8) }) where secret.count >= length {
      for start in 0...(secret.count - length) { parts.insert(secret[start..<start + length]) }
    }
    self.parts = parts
  }

  func found(in bytes: [UInt8]) -> Bool {
    let length = Self.length
    guard bytes.count >= length else { return false }
    return (0...(bytes.count - length)).contains { parts.contains(bytes[$0..<$0 + length]) }
  }
}
