/// Checks a text against RFC 8259 and writes its tape; knows offsets only, not lines.
struct JSONParser {
  /// What is wrong, at a byte of the text.
  struct Failure: Error {
    let offset: Int
    let message: String
  }

  let text: UnsafeRawBufferPointer
  let limits: JSONLimits
  private(set) var tape: [JSONWord] = []
  private var at = 0
  private var open: [Int] = []

  init(text: UnsafeRawBufferPointer, limits: JSONLimits) {
    self.text = text
    self.limits = limits
  }

  mutating func parse() throws(Failure) {
    if text.starts(with: [0xEF, 0xBB, 0xBF]) {
      throw Failure(offset: 0, message: "a byte order mark was read; JSON begins with its value")
    }
    // Configurations have a value or key in about 13 bytes; pages that are not written are not used.
    tape.reserveCapacity(text.count / 12 + 16)
    skipWhitespace()
    guard at < text.count else {
      throw Failure(offset: at, message: "the text is empty; a value was expected")
    }
    try value(expected: "a value")
    while let container = open.last { try step(in: container) }
    skipWhitespace()
    if at < text.count { throw unexpected(expected: "the end of the text") }
  }
}

// MARK: - Structure

extension JSONParser {
  private mutating func skipWhitespace() {
    while at < text.count {
      switch text[at] {
      case 0x20, 0x0A, 0x0D, 0x09: at += 1
      default: return
      }
    }
  }

  private func isNext(_ byte: Unicode.Scalar) -> Bool {
    at < text.count && text[at] == UInt8(ascii: byte)
  }

  private static let literals: [(String, JSONWord.Kind)] = [
    ("true", .true), ("false", .false), ("null", .null),
  ]

  /// Reads a scalar whole, and of a container the beginning.
  private mutating func value(expected: String) throws(Failure) {
    guard at < text.count else { throw unexpected(expected: expected) }
    switch text[at] {
    case UInt8(ascii: "\""): try string()
    case UInt8(ascii: "{"): try begin(.object)
    case UInt8(ascii: "["): try begin(.array)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
    default:
      for (word, kind) in Self.literals where isWord(word) {
        tape.append(JSONWord(kind, offset: at, extent: word.utf8.count))
        at += word.utf8.count
        return
      }
      throw unexpected(expected: expected)
    }
  }

  private mutating func begin(_ kind: JSONWord.Kind) throws(Failure) {
    guard open.count < limits.maxDepth else {
      throw Failure(
        offset: at, message: "arrays and objects lie more than \(limits.maxDepth) levels in one another")
    }
    open.append(tape.count)
    tape.append(JSONWord(kind, offset: at, extent: 1))
    at += 1
  }

  /// Reads what comes next in the innermost container: its end, or a member or element up to the container that it opens.
  private mutating func step(in container: Int) throws(Failure) {
    let isObject = tape[container].kind == .object
    let isFirst = tape.count == container + 1
    skipWhitespace()
    if isNext(isObject ? "}" : "]") { return try close(container) }
    if !isFirst {
      guard isNext(",") else { throw unexpected(expected: isObject ? "\",\" or \"}\"" : "\",\" or \"]\"") }
      at += 1
      skipWhitespace()
    }
    if isObject {
      let name = isFirst ? "a member's name in quotation marks or \"}\"" : "a member's name after the comma"
      try member(expected: name)
    } else {
      try value(expected: isFirst ? "a value or \"]\"" : "a value after the comma")
    }
  }

  private mutating func member(expected: String) throws(Failure) {
    guard isNext("\"") else { throw unexpected(expected: expected) }
    try string()
    skipWhitespace()
    guard isNext(":") else { throw unexpected(expected: "\":\"") }
    at += 1
    skipWhitespace()
    try value(expected: "a value")
  }

  private mutating func close(_ container: Int) throws(Failure) {
    at += 1
    open.removeLast()
    let word = tape[container]
    tape[container] = JSONWord(word.kind, offset: word.offset, extent: tape.count - container)
    if word.kind == .object, limits.duplicateKeys == .refuse { try refuseRepeatedKeys(of: container) }
  }

  private func refuseRepeatedKeys(of container: Int) throws(Failure) {
    guard let key = JSONKeys(text: text, tape: tape, object: container).repeated().first else { return }
    throw Failure(offset: tape[key].offset, message: "this object already has a member of this name")
  }
}

// MARK: - Scalars

extension JSONParser {
  private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  private mutating func digits() throws(Failure) {
    guard at < text.count, Self.isDigit(text[at]) else { throw unexpected(expected: "a digit") }
    while at < text.count, Self.isDigit(text[at]) { at += 1 }
  }

  private mutating func number() throws(Failure) {
    let start = at
    if isNext("-") { at += 1 }
    let first = at
    try digits()
    if text[first] == UInt8(ascii: "0"), at > first + 1 {
      throw Failure(offset: first, message: "a number with a leading zero was read; write it without")
    }
    if isNext(".") {
      at += 1
      try digits()
    }
    if isNext("e") || isNext("E") {
      at += 1
      if isNext("+") || isNext("-") { at += 1 }
      try digits()
    }
    tape.append(JSONWord(.number, offset: start, extent: at - start))
  }

  private mutating func string() throws(Failure) {
    let start = at
    var kind = JSONWord.Kind.plainString
    at += 1
    while at < text.count {
      let byte = text[at]
      switch byte {
      case UInt8(ascii: "\""):
        tape.append(JSONWord(kind, offset: start, extent: at - start - 1))
        at += 1
        return
      case UInt8(ascii: "\\"):
        kind = .escapedString
        try escape()
      case 0..<0x20:
        throw Failure(
          offset: at,
          message:
            "the control character \(scalarName(UInt32(byte))) was read in a string; write it as an escape")
      case 0x20..<0x80:
        at += 1
      default:
        guard let length = utf8Length(at: at) else {
          throw Failure(offset: at, message: "bytes that are not UTF-8 were read in a string")
        }
        at += length
      }
    }
    throw Failure(
      offset: at, message: "the end of the text was read in a string; a quotation mark was expected")
  }

  private mutating func escape() throws(Failure) {
    let start = at
    guard at + 1 < text.count else {
      throw Failure(
        offset: text.count, message: "the end of the text was read in a string; an escape was expected")
    }
    switch text[at + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      at += 2
    case UInt8(ascii: "u"):
      let unit = try hexadecimalUnit()
      if 0xD800..<0xDC00 ~= unit {
        guard isNext("\\"), at + 1 < text.count, text[at + 1] == UInt8(ascii: "u"),
          0xDC00..<0xE000 ~= (try hexadecimalUnit())
        else { throw Failure(offset: start, message: Self.loneSurrogate) }
      } else if 0xDC00..<0xE000 ~= unit {
        throw Failure(offset: start, message: Self.loneSurrogate)
      }
    default:
      throw Failure(
        offset: start,
        message: "an unknown escape was read; JSON has \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX")
    }
  }

  private static let loneSurrogate = "half a surrogate pair was read; both halves must follow one another"

  /// Reads `\uXXXX`.
  private mutating func hexadecimalUnit() throws(Failure) -> UInt32 {
    var unit: UInt32 = 0
    for index in at + 2..<at + 6 {
      guard index < text.count, let digit = hexadecimalDigit(text[index]) else {
        throw Failure(offset: at, message: "\\u was read without four hexadecimal digits behind it")
      }
      unit = unit << 4 | digit
    }
    at += 6
    return unit
  }
}

// MARK: - Errors

extension JSONParser {
  /// Words of other languages that people write into JSON.
  private static let foreignWords = [
    "NaN", "Infinity", "-Infinity", "undefined", "None", "True", "False", "TRUE", "FALSE", "NULL", "Null",
    "nil",
    "yes", "no", "on", "off",
  ]

  /// True where `word` comes next and ends there.
  private func isWord(_ word: String) -> Bool {
    let end = at + word.utf8.count
    guard end <= text.count, text[at..<end].elementsEqual(word.utf8) else { return false }
    return end == text.count || !isWordByte(text[end])
  }

  private func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  private func unexpected(expected: String) -> Failure {
    Failure(offset: at, message: "\(found) was read where \(expected) was expected\(hint)")
  }

  private var hint: String {
    if isNext("/") || isNext("#") { return "; JSON has no comments" }
    if isNext("'") { return "; JSON has double quotation marks only" }
    if isNext("+") { return "; a number has no plus sign" }
    return ""
  }

  /// What comes next, without quoting a word that is not known: it may be part of a secret.
  private var found: String {
    guard at < text.count else { return "the end of the text" }
    let byte = text[at]
    if let word = Self.foreignWords.first(where: isWord) { return "\"\(word)\"" }
    if Self.isDigit(byte) { return "a digit" }
    if isWordByte(byte) { return "an unknown word" }
    if byte == UInt8(ascii: "\"") { return "a string" }
    if 0x21..<0x7F ~= byte { return "\"\(Unicode.Scalar(byte))\"" }
    if byte < 0x80 { return "the control character \(scalarName(UInt32(byte)))" }
    return utf8Length(at: at) == nil ? "a byte that is not UTF-8" : "a character outside ASCII"
  }

  private func scalarName(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  /// The length of the well-formed UTF-8 sequence of two to four bytes at `index` (RFC 3629, section 4).
  private func utf8Length(at index: Int) -> Int? {
    func isIn(_ distance: Int, _ range: ClosedRange<UInt8>) -> Bool {
      index + distance < text.count && range.contains(text[index + distance])
    }
    let tail: ClosedRange<UInt8> = 0x80...0xBF
    switch text[index] {
    case 0xC2...0xDF: return isIn(1, tail) ? 2 : nil
    case 0xE0: return isIn(1, 0xA0...0xBF) && isIn(2, tail) ? 3 : nil
    case 0xED: return isIn(1, 0x80...0x9F) && isIn(2, tail) ? 3 : nil
    case 0xE1...0xEF: return isIn(1, tail) && isIn(2, tail) ? 3 : nil
    case 0xF0: return isIn(1, 0x90...0xBF) && isIn(2, tail) && isIn(3, tail) ? 4 : nil
    case 0xF1...0xF3: return isIn(1, tail) && isIn(2, tail) && isIn(3, tail) ? 4 : nil
    case 0xF4: return isIn(1, 0x80...0x8F) && isIn(2, tail) && isIn(3, tail) ? 4 : nil
    default: return nil
    }
  }
}

/// The value of a hexadecimal digit.
func hexadecimalDigit(_ byte: UInt8) -> UInt32? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
  case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
  default: nil
  }
}
