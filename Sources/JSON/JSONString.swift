/// A string of the text, still escaped: decoded, compared, hashed.
struct JSONString {
  /// The bytes between the quotation marks, checked by the parser.
  let raw: UnsafeRawBufferPointer
  let isEscaped: Bool

  init(_ word: JSONWord, in text: UnsafeRawBufferPointer) {
    raw = UnsafeRawBufferPointer(rebasing: text[word.offset + 1..<word.offset + 1 + word.extent])
    isEscaped = word.kind == .escapedString
  }

  /// Lends the decoded bytes; a temporary that is needed for them is wiped.
  func withUTF8<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard isEscaped else { return try body(raw) }
    // No escape is shorter than what it stands for.
    let decoded = UnsafeMutableRawBufferPointer.allocate(byteCount: raw.count, alignment: 1)
    defer {
      decoded.wipe()
      decoded.deallocate()
    }
    let count = decode(into: decoded)
    return try body(UnsafeRawBufferPointer(rebasing: decoded[..<count]))
  }

  /// The string as a value of its own.
  var value: String {
    withUTF8 { String(decoding: $0, as: UTF8.self) }
  }

  func equals(_ other: JSONString) -> Bool {
    withUTF8 { mine in other.withUTF8 { mine.count == $0.count && mine.elementsEqual($0) } }
  }

  var hash: Int {
    var hasher = Hasher()
    withUTF8 { hasher.combine(bytes: $0) }
    return hasher.finalize()
  }

  private func decode(into decoded: UnsafeMutableRawBufferPointer) -> Int {
    var count = 0
    var index = 0
    func put(_ byte: UInt8) {
      decoded[count] = byte
      count += 1
    }
    while index < raw.count {
      guard raw[index] == UInt8(ascii: "\\") else {
        put(raw[index])
        index += 1
        continue
      }
      let letter = raw[index + 1]
      index += 2
      switch letter {
      case UInt8(ascii: "b"): put(0x08)
      case UInt8(ascii: "f"): put(0x0C)
      case UInt8(ascii: "n"): put(0x0A)
      case UInt8(ascii: "r"): put(0x0D)
      case UInt8(ascii: "t"): put(0x09)
      case UInt8(ascii: "u"):
        var scalar = unit(at: index)
        index += 4
        if 0xD800..<0xDC00 ~= scalar {
          scalar = 0x10000 + (scalar - 0xD800) << 10 + (unit(at: index + 2) - 0xDC00)
          index += 6
        }
        for byte in String(Unicode.Scalar(scalar) ?? "\u{FFFD}").utf8 { put(byte) }
      default: put(letter)
      }
    }
    return count
  }

  private func unit(at index: Int) -> UInt32 {
    raw[index..<index + 4].reduce(0) { $0 << 4 | (hexadecimalDigit($1) ?? 0) }
  }
}
