import JSON
import Testing

/// What is not JSON is refused, at the exact place, in words that say what was read and what was expected.
@Suite struct RefusalTests {
  private static let deep = String(repeating: "[", count: 64)

  private static let texts: [(String, String)] = [
    ("", "1:1: the text is empty; a value was expected"),
    (" \n\t", "2:2: the text is empty; a value was expected"),
    ("\u{FEFF}{}", "1:1: a byte order mark was read; JSON begins with its value"),
    (
      "[1,]",
      "1:4: \"]\" was read where a value after the comma was expected"
    ),
    (
      "{\"a\": 1,\n}",
      "2:1: \"}\" was read where a member's name after the comma was expected"
    ),
    ("[,1]", "1:2: \",\" was read where a value or \"]\" was expected"),
    ("[1,,2]", "1:4: \",\" was read where a value after the comma was expected"),
    ("[1 2]", "1:4: a digit was read where \",\" or \"]\" was expected"),
    ("[1}", "1:3: \"}\" was read where \",\" or \"]\" was expected"),
    ("[", "1:2: the end of the text was read where a value or \"]\" was expected"),
    ("{", "1:2: the end of the text was read where a member's name in quotation marks or \"}\" was expected"),
    (
      "{a: 1}", "1:2: an unknown word was read where a member's name in quotation marks or \"}\" was expected"
    ),
    ("{1: 1}", "1:2: a digit was read where a member's name in quotation marks or \"}\" was expected"),
    ("{\"a\" 1}", "1:6: a digit was read where \":\" was expected"),
    ("{\"a\":}", "1:6: \"}\" was read where a value was expected"),
    ("{\"a\":1 \"b\":2}", "1:8: a string was read where \",\" or \"}\" was expected"),
    ("{\"a\":1, 2}", "1:9: a digit was read where a member's name after the comma was expected"),
    ("{\"a\":1]", "1:7: \"]\" was read where \",\" or \"}\" was expected"),
    ("1 2", "1:3: a digit was read where the end of the text was expected"),
    ("{} {}", "1:4: \"{\" was read where the end of the text was expected"),
    ("]", "1:1: \"]\" was read where a value was expected"),
    ("// x\n1", "1:1: \"/\" was read where a value was expected; JSON has no comments"),
    ("[1 /* x */]", "1:4: \"/\" was read where \",\" or \"]\" was expected; JSON has no comments"),
    ("# x", "1:1: \"#\" was read where a value was expected; JSON has no comments"),
    ("NaN", "1:1: \"NaN\" was read where a value was expected"),
    ("[Infinity]", "1:2: \"Infinity\" was read where a value or \"]\" was expected"),
    ("-Infinity", "1:2: \"Infinity\" was read where a digit was expected"),
    ("True", "1:1: \"True\" was read where a value was expected"),
    ("truely", "1:1: an unknown word was read where a value was expected"),
    ("tru", "1:1: an unknown word was read where a value was expected"),
    ("nulL", "1:1: an unknown word was read where a value was expected"),
    ("cfat_0123456789", "1:1: an unknown word was read where a value was expected"),
    ("'a'", "1:1: \"'\" was read where a value was expected; JSON has double quotation marks only"),
    ("+1", "1:1: \"+\" was read where a value was expected; a number has no plus sign"),
    (".5", "1:1: \".\" was read where a value was expected"),
    ("01", "1:1: a number with a leading zero was read; write it without"),
    ("[-012]", "1:3: a number with a leading zero was read; write it without"),
    ("1.", "1:3: the end of the text was read where a digit was expected"),
    ("1.e3", "1:3: an unknown word was read where a digit was expected"),
    ("1e", "1:3: the end of the text was read where a digit was expected"),
    ("1e+", "1:4: the end of the text was read where a digit was expected"),
    ("-", "1:2: the end of the text was read where a digit was expected"),
    ("- 1", "1:2: the control character U+0020 was read where a digit was expected"),
    ("0x1", "1:2: an unknown word was read where the end of the text was expected"),
    ("é", "1:1: a character outside ASCII was read where a value was expected"),
    ("\u{A0}1", "1:1: a character outside ASCII was read where a value was expected"),
    ("\u{0B}1", "1:1: the control character U+000B was read where a value was expected"),
    ("\"abc", "1:5: the end of the text was read in a string; a quotation mark was expected"),
    ("\"abc\\", "1:6: the end of the text was read in a string; an escape was expected"),
    ("\"a\nb\"", "1:3: the control character U+000A was read in a string; write it as an escape"),
    ("\"a\u{0}\"", "1:3: the control character U+0000 was read in a string; write it as an escape"),
    ("\"é\\x\"", "1:3: an unknown escape was read; JSON has \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX"),
    ("\"\\'\"", "1:2: an unknown escape was read; JSON has \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX"),
    ("\"\\u12\"", "1:2: \\u was read without four hexadecimal digits behind it"),
    ("\"\\u12g4\"", "1:2: \\u was read without four hexadecimal digits behind it"),
    ("\"\\u", "1:2: \\u was read without four hexadecimal digits behind it"),
    ("\"\\ud800\"", "1:2: half a surrogate pair was read; both halves must follow one another"),
    ("\"\\ud800x\"", "1:2: half a surrogate pair was read; both halves must follow one another"),
    ("\"\\ud800\\u0041\"", "1:2: half a surrogate pair was read; both halves must follow one another"),
    ("\"\\ud800\\n\"", "1:2: half a surrogate pair was read; both halves must follow one another"),
    ("\"\\udc00\"", "1:2: half a surrogate pair was read; both halves must follow one another"),
    ("\"\\ud800\\u12\"", "1:8: \\u was read without four hexadecimal digits behind it"),
    ("{\"a\":1,\n \"a\":2}", "2:2: this object already has a member of this name"),
    ("{\"a\":1, \"\\u0061\":2}", "1:9: this object already has a member of this name"),
    ("[{\"\":1, \"\":2}]", "1:9: this object already has a member of this name"),
    (deep + "[", "1:65: arrays and objects lie more than 64 levels in one another"),
    (deep + "{", "1:65: arrays and objects lie more than 64 levels in one another"),
  ]

  @Test(arguments: texts) func textIsRefused(_ text: String, _ description: String) throws {
    let error = try #require(throws: JSONError.self) { try JSONDocument(parsing: Array(text.utf8)) }
    #expect(error.description == description)
  }

  private static let malformed: [[UInt8]] = [
    [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
    [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
    [0xF0, 0x9F, 0x98], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF],
  ]

  @Test(arguments: malformed) func bytesThatAreNotUTF8AreRefused(_ bytes: [UInt8]) throws {
    let inString = Array("[\n\"é".utf8) + bytes + Array("\"]".utf8)
    let error = try #require(throws: JSONError.self) { try JSONDocument(parsing: inString) }
    #expect(error.description == "2:3: bytes that are not UTF-8 were read in a string")
    let bare = try #require(throws: JSONError.self) { try JSONDocument(parsing: bytes) }
    #expect(bare.description == "1:1: a byte that is not UTF-8 was read where a value was expected")
  }

  @Test func sequenceCutOffByTheEndIsRefused() throws {
    for bytes: [UInt8] in [[0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98]] {
      let error = try #require(throws: JSONError.self) {
        try JSONDocument(parsing: Array("\"".utf8) + bytes)
      }
      #expect(error.position == JSONPosition(line: 1, column: 2))
    }
  }

  @Test func columnCountsScalarsAndLineFeedsCountLines() throws {
    let error = try #require(throws: JSONError.self) {
      try JSONDocument(parsing: Array("{\r\n\"é😀e\u{301}\": ?}".utf8))
    }
    #expect(error.position == JSONPosition(line: 2, column: 9))
  }

  @Test func limitsAreExact() throws {
    let limits = JSONLimits(maxDepth: 2, maxBytes: 8)
    _ = try JSONDocument(parsing: Array("[[],{}] ".utf8), limits: limits)
    let long = try #require(throws: JSONError.self) {
      try JSONDocument(parsing: Array("[[],{}]  ".utf8), limits: limits)
    }
    #expect(long.description == "1:1: the text has 9 bytes; at most 8 are read")
    let deep = try #require(throws: JSONError.self) {
      try JSONDocument(parsing: Array("[[[]]]".utf8), limits: limits)
    }
    #expect(deep.description == "1:3: arrays and objects lie more than 2 levels in one another")
    #expect(JSONLimits() == JSONLimits(maxDepth: 64, maxBytes: 67_108_864, duplicateKeys: .refuse))
  }

  @Test func depthIsNotBoundByTheStackOfTheProcess() throws {
    let depth = 500_000
    let text =
      [UInt8](repeating: UInt8(ascii: "["), count: depth)
      + [UInt8](repeating: UInt8(ascii: "]"), count: depth)
    let document = try JSONDocument(parsing: text, limits: JSONLimits(maxDepth: depth))
    #expect(document.root.elements.map(\.kind) == [.array])
  }

  @Test(arguments: [3, 16, 17, 5_000]) func keyIsFoundTwiceInObjectsOfAnySize(_ count: Int) throws {
    let members = (0..<count).map { "\"key\($0)\":\($0)" }
    let text = "{" + members.joined(separator: ",")
    _ = try JSONDocument(parsing: Array((text + "}").utf8))
    for repeated in [0, count / 2, count - 1] {
      let twice = Array((text + ",\"\\u006bey\(repeated)\":0}").utf8)
      let error = try #require(throws: JSONError.self) { try JSONDocument(parsing: twice) }
      #expect(error.position.column == text.count + 2)
      let kept = try JSONDocument(parsing: twice, limits: JSONLimits(duplicateKeys: .keep)).root
      #expect(kept.repeatedMembers.map(\.key) == ["key\(repeated)"])
      #expect(kept.repeatedMembers.map(\.value.integer) == [0])
      #expect(kept["key\(repeated)"]?.integer == Int64(repeated))
    }
  }
}
