/// A small gzip file (RFC 1952) that unpacks to many spaces, each a character that JSON allows before a value.
enum GzipBomb {
  /// The file that unpacks to `mebibytes` MiB.
  static func make(mebibytes: Int) -> [UInt8] {
    let length = mebibytes << 20
    var bits = BitWriter()
    bits.put(0b1, count: 1)  // the last block
    bits.put(0b01, count: 2)  // with the fixed codes of RFC 1951, section 3.2.6
    bits.putCode(0x30 + 0x20, count: 8)  // the literal " "
    let matches = (length - 1) / 258
    // Eight matches are 13 bytes, the same 13 for every eight behind the first.
    bits.putMatches(matches % 8 + 8)
    bits.putMatches(8, copies: matches / 8 - 1)
    for _ in 0..<(length - 1) % 258 { bits.putCode(0x30 + 0x20, count: 8) }
    bits.putCode(0, count: 7)  // end of block
    let checksum = CRC32.checksum(repeating: 0x20, count: length)
    let trailer = [checksum, UInt32(truncatingIfNeeded: length)].flatMap { word in
      [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: word >> $0) }
    }
    return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 3] + bits.finish() + trailer
  }

  /// Packs bits into bytes, the lowest bit first.
  private struct BitWriter {
    private var bytes: [UInt8] = []
    private var word: UInt32 = 0
    private var used = 0

    mutating func put(_ value: UInt32, count: Int) {
      word |= value << used
      used += count
      while used >= 8 {
        bytes.append(UInt8(truncatingIfNeeded: word))
        word >>= 8
        used -= 8
      }
    }

    /// A Huffman code, which goes with its highest bit first.
    mutating func putCode(_ code: UInt32, count: Int) {
      for place in (0..<count).reversed() { put(code >> place & 1, count: 1) }
    }

    /// So many times: repeat 258 bytes, from one byte back; all of that `copies` times.
    mutating func putMatches(_ matches: Int, copies: Int = 1) {
      let start = bytes.count
      for _ in 0..<matches {
        putCode(0b1100_0101, count: 8)
        putCode(0, count: 5)
      }
      let made = Array(bytes[start...])
      for _ in 1..<max(1, copies) { bytes += made }
    }

    consuming func finish() -> [UInt8] {
      used > 0 ? bytes + [UInt8(truncatingIfNeeded: word)] : bytes
    }
  }
}
