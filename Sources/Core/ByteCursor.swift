/// A reading position in a text, by UTF-8 bytes: what the parsers of this module are made of.
struct ByteCursor {
  let bytes: ArraySlice<UInt8>
  private(set) var offset: Int

  init(_ text: String) {
    bytes = Array(text.utf8)[...]
    offset = 0
  }

  /// Reads `bytes` only; offsets in errors stay those of the array that the slice comes from.
  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    offset = bytes.startIndex
  }

  var isAtEnd: Bool { offset >= bytes.endIndex }

  /// The byte at the position; nil at the end.
  var current: UInt8? { isAtEnd ? nil : bytes[offset] }

  /// The byte `distance` after the position; nil beyond the end.
  func byte(after distance: Int) -> UInt8? {
    offset + distance < bytes.endIndex ? bytes[offset + distance] : nil
  }

  mutating func skip(_ count: Int = 1) { offset += count }

  /// Steps over `byte` where it comes next.
  mutating func take(_ byte: UInt8) -> Bool {
    guard current == byte else { return false }
    offset += 1
    return true
  }

  /// Steps over `text` where it comes next, whatever its case where `ignoringCase`; ASCII only.
  mutating func take(_ text: StaticString, ignoringCase: Bool = false) -> Bool {
    let count = text.utf8CodeUnitCount
    guard offset + count <= bytes.endIndex else { return false }
    for index in 0..<count {
      let wanted = text.utf8Start[index]
      let found = bytes[offset + index]
      guard found == wanted || (ignoringCase && found.lowercased == wanted.lowercased) else { return false }
    }
    offset += count
    return true
  }

  /// Steps over bytes for as long as they are `accepted`, and returns how many they were.
  @discardableResult
  mutating func skip(while accepted: (UInt8) -> Bool) -> Int {
    let start = offset
    while let byte = current, accepted(byte) { offset += 1 }
    return offset - start
  }

  /// A run of digits as a number; nil, and no step, where there is no digit or the number is above `limit`.
  mutating func number(upTo limit: Int64) -> Int64? {
    var value: Int64 = 0
    var ahead = self
    while let digit = ahead.current?.digit {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow, product <= limit - digit else { return nil }
      value = product + digit
      ahead.skip()
    }
    guard ahead.offset > offset else { return nil }
    self = ahead
    return value
  }

  /// Exactly `count` digits as a number; nil, and no step, where fewer follow.
  mutating func digits(_ count: Int) -> Int? {
    guard offset + count <= bytes.endIndex else { return nil }
    var value = 0
    for index in offset..<(offset + count) {
      guard let digit = bytes[index].digit else { return nil }
      value = value * 10 + Int(digit)
    }
    offset += count
    return value
  }

  /// What stands at the position, for an error text.
  var found: String {
    guard let byte = current else { return "the text ends" }
    guard byte >= 0x20, byte != 0x7F else { return "found a control character" }
    var ahead = self
    let digits = ahead.skip { $0.digit != nil }
    let length = digits > 0 ? min(digits, 20) : byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
    return "found \"\(String(decoding: bytes[offset...].prefix(length), as: UTF8.self))\""
  }

  /// An error at the position: what stands there, and what was `expected`.
  func expected(_ expected: String) -> TimeSyntaxError {
    TimeSyntaxError(offset: offset, message: "\(found) where \(expected) was expected")
  }
}

extension UInt8 {
  /// The value of an ASCII digit; nil for any other byte.
  var digit: Int64? { self >= 0x30 && self <= 0x39 ? Int64(self - 0x30) : nil }

  var isLetter: Bool { lowercased >= 0x61 && lowercased <= 0x7A }

  /// The lower-case form of an ASCII capital; any other byte as it is.
  var lowercased: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }
}

extension String {
  /// Appends `value` in decimal with zeros before it up to `width` digits.
  mutating func append(_ value: some BinaryInteger, width: Int) {
    let digits = String(value)
    for _ in digits.utf8.count..<max(width, digits.utf8.count) { append("0") }
    append(digits)
  }
}
