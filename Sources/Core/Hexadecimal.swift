/// `bytes` as twice as many lower-case hexadecimal digits.
package func hexadecimal(_ bytes: [UInt8]) -> String {
  String(unsafeUninitializedCapacity: bytes.count * 2) { digits in
    var place = 0
    for byte in bytes {
      digits[place] = digit(byte >> 4)
      digits[place + 1] = digit(byte & 15)
      place += 2
    }
    return place
  }
}

private func digit(_ value: UInt8) -> UInt8 {
  value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
}

extension UInt64 {
  /// The eight bytes, the most significant first.
  var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}
