import Glibc

/// Random bytes from the kernel, and what is made of them: identifiers and secrets.
enum Randomness {
  /// `count` bytes, at most 256, from getentropy(3), which asks getrandom(2).
  static func bytes(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      guard let base = buffer.baseAddress else { return }
      // It fails with EINTR at most, before the kernel's generator is ready.
      while getentropy(base, count) != 0 {}
      filled = count
    }
  }

  /// An identifier as the API gives them: 32 lower-case hexadecimal digits.
  static func identifier() -> String { hexadecimal(bytes(16)) }

  /// A `cf-ray`: 16 hexadecimal digits and the name of a data centre.
  static func ray() -> String { hexadecimal(bytes(8)) + "-SBX" }

  /// A new secret in the form that the API documents: `cfat_`, 40 characters, and their checksum.
  static func secret() -> String {
    let body = characters(40)
    return "cfat_" + body + checksum(body)
  }

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-".utf8)

  private static func characters(_ count: Int) -> String {
    String(decoding: bytes(count).map { alphabet[Int($0 & 63)] }, as: UTF8.self)
  }

  /// The checksum of a secret's 40 characters: CRC-32 as 8 hexadecimal digits.
  static func checksum(_ body: String) -> String {
    let value = CRC32.checksum(body.utf8)
    return hexadecimal([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) })
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
