/// 32 bytes by which a secret is recognised without being known: a domain-separated SHA-256, made by `Secret`.
///
/// Never the plain SHA-256 of a secret: for R2 that is the secret access key itself.
public struct Fingerprint: Hashable, Sendable {
  private let words: (UInt64, UInt64, UInt64, UInt64)

  /// Number of bytes in a fingerprint.
  public static let byteCount = 32

  /// Takes exactly 32 bytes; nil for any other number.
  public init?(bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    func word(_ index: Int) -> UInt64 {
      var word: UInt64 = 0
      for byte in bytes[index * 8..<index * 8 + 8] { word = word << 8 | UInt64(byte) }
      return word
    }
    words = (word(0), word(1), word(2), word(3))
  }

  /// The 32 bytes, as they are stored.
  public var bytes: [UInt8] { [words.0, words.1, words.2, words.3].flatMap(\.bigEndianBytes) }

  /// The 32 bytes as 64 lower-case hexadecimal digits.
  public var hexadecimal: String { Core.hexadecimal(bytes) }

  /// True where all 32 bytes are equal.
  public static func == (lhs: Fingerprint, rhs: Fingerprint) -> Bool { lhs.words == rhs.words }

  /// Feeds the bytes to `hasher`.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
    hasher.combine(words.2)
    hasher.combine(words.3)
  }
}
