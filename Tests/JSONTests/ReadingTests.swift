import JSON
import Testing

/// What is JSON is read for what it is.
@Suite struct ReadingTests {
  private func root(_ text: String) throws -> JSONNode { try JSONDocument(parsing: Array(text.utf8)).root }

  @Test(arguments: [
    ("{}", JSONNode.Kind.object), ("[]", .array), ("\"\"", .string), ("\"\\n\"", .string), ("0", .number),
    ("true", .boolean), ("false", .boolean), (" null\r\n", .null), ("{\"a\":[]}", .object), ("[{}]", .array),
  ])
  func kindIsTold(_ text: String, _ kind: JSONNode.Kind) throws {
    let node = try root(text)
    #expect(node.kind == kind)
    #expect((node.string != nil) == (kind == .string))
    #expect((node.withUTF8 { $0.count } != nil) == (kind == .string))
    #expect((node.double != nil) == (kind == .number))
    #expect((node.integer != nil) == (kind == .number))
    #expect((node.boolean != nil) == (kind == .boolean))
    if kind != .array { #expect(node.elements.map(\.offset) == []) }
    if kind != .object {
      #expect(node.members.map(\.key) == [])
      #expect(node["a"] == nil)
      #expect(node.repeatedMembers.map(\.key) == [])
    }
  }

  @Test(arguments: [
    (#""plain""#, "plain"), (#""é😀""#, "é😀"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
    (#""a\u0000b""#, "a\0b"), (#""\u00e9\u00E9""#, "éé"), (#""\uFFFF\u007f""#, "\u{FFFF}\u{7F}"),
    (#""\ud83d\ude00x\uDBFF\uDFFF""#, "😀x\u{10FFFF}"), ("\"\u{7F}\"", "\u{7F}"), (#""\u2028/""#, "\u{2028}/"),
    (#""\u005C\u0022""#, "\\\""),
  ])
  func stringIsDecoded(_ text: String, _ string: String) throws {
    let node = try root(text)
    #expect(node.string.map { Array($0.utf8) } == Array(string.utf8))
    #expect(node.withUTF8 { Array($0) } == Array(string.utf8))
    let member = try #require(try root("{\(text): 1}").members.first { _ in true })
    #expect(member.key == string)
    #expect(member.hasKey(string))
    #expect(!member.hasKey(string + "x"))
  }

  @Test(
    arguments: [
      ("0", 0, 0), ("-0", 0, 0), ("42", 42, 42), ("-7", -7, -7), ("9223372036854775807", Int64.max, 0x1p63),
      ("-9223372036854775808", Int64.min, -0x1p63), ("9223372036854775808", nil, 0x1p63), ("1.0", nil, 1),
      ("1e3", nil, 1000), ("1E+3", nil, 1000), ("-12.5e-1", nil, -1.25), ("1e999", nil, nil),
      ("1e-999", nil, 0),
    ] as [(String, Int64?, Double?)])
  func numberIsRead(_ text: String, _ integer: Int64?, _ double: Double?) throws {
    for form in [text, "[\(text)]", "\(text) "] {
      let node = try root(form)
      let number = node.kind == .array ? try #require(node.elements.first { _ in true }) : node
      #expect(number.integer == integer)
      #expect(number.double == double)
    }
  }

  @Test func everyValueKnowsItsPlace() throws {
    let document = try JSONDocument(parsing: Array("{\n  \"é\": [1, \"ß\", {}],\n\t\"b\" : null\n}".utf8))
    let root = document.root
    let members = Array(root.members)
    #expect(members.map(\.key) == ["é", "b"])
    #expect(members.map(\.keyPosition.description) == ["2:3", "3:2"])
    #expect(members.map(\.value.position.description) == ["2:8", "3:8"])
    let elements = try #require(root["é"]).elements
    #expect(elements.map(\.position.description) == ["2:9", "2:12", "2:17"])
    #expect(elements.map(\.kind) == [.number, .string, .object])
    #expect(document.positions(at: elements.map(\.offset)) == elements.map(\.position))
    #expect(root.position == JSONPosition(line: 1, column: 1))
    #expect(JSONPosition(line: 2, column: 9) < JSONPosition(line: 3, column: 1))
  }

  @Test func containersAreWalkedOverWhatLiesInThem() throws {
    let node = try root(#"[[1,[2,{"a":[3]}],"x"],{"b":{"c":[4]},"d":5},6]"#)
    #expect(node.elements.map(\.kind) == [.array, .object, .number])
    let object = try #require(node.elements.first { $0.kind == .object })
    #expect(object.members.map(\.key) == ["b", "d"])
    #expect(object["d"]?.integer == 5)
    #expect(object["b"]?["c"]?.elements.map(\.integer) == [4])
    #expect(object["x"] == nil)
  }

  @Test func firstOfTwoMembersIsFoundWhereBothAreKept() throws {
    let text = Array(#"{"a":1,"b":2,"a":3,"a":4}"#.utf8)
    let node = try JSONDocument(parsing: text, limits: JSONLimits(duplicateKeys: .keep)).root
    #expect(node["a"]?.integer == 1)
    #expect(node.repeatedMembers.map(\.value.integer) == [3, 4])
  }

  @Test func nodeOutlivesItsDocumentAndTheCallersText() throws {
    var text = Array(#"["secret"]"#.utf8)
    let node = try #require(try JSONDocument(parsing: text).root.elements.first { _ in true })
    for index in text.indices { text[index] = 0 }
    #expect(node.string == "secret")
  }

  @Test func errorOfTheBorrowerIsPassedOn() throws {
    struct Stop: Error {}
    let node = try root(#""\u0061""#)
    #expect(throws: Stop.self) { try node.withUTF8 { (_) throws(Stop) -> Int in throw Stop() } }
  }
}
