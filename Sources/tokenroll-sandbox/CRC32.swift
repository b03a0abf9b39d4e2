/// The checksum of gzip (RFC 1952, section 8).
enum CRC32 {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
  }

  static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let table = table
    return ~bytes.reduce(~0) { table[Int(($0 ^ UInt32($1)) & 0xFF)] ^ ($0 >> 8) }
  }

  /// The checksum of `count` times the same byte, in as many steps as `count` has binary digits.
  static func checksum(repeating byte: UInt8, count: Int) -> UInt32 {
    var total: UInt32 = 0
    var block = checksum(CollectionOfOne(byte))
    var shift: UInt32 = 1 << 23  // x to the power of 8, for a block of one byte
    var left = count
    while left > 0 {
      // The checksum of A and B behind one another is that of A, shifted by B's length, plus that of B.
      if left & 1 == 1 { total = product(total, shift) ^ block }
      block = product(block, shift) ^ block
      shift = product(shift, shift)
      left >>= 1
    }
    return total
  }

  /// The product of two polynomials, with the highest bit as x to the power of 0, modulo the checksum's.
  private static func product(_ a: UInt32, _ b: UInt32) -> UInt32 {
    var (sum, b): (UInt32, UInt32) = (0, b)
    for place in 0..<32 {
      if a << place & 0x8000_0000 != 0 { sum ^= b }
      b = b & 1 == 1 ? 0xEDB8_8320 ^ (b >> 1) : b >> 1
    }
    return sum
  }
}
