import JSON
import Testing

/// What is written is JSON that reads back the same.
@Suite struct WritingTests {
  private func text(_ layout: JSONWriter.Layout = .compact, _ write: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter(layout)
    write(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private func writeSample(_ writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("name")
    writer.value("dns-edge")
    writer.key("empty")
    writer.beginArray()
    writer.endArray()
    writer.key("list")
    writer.beginArray()
    writer.value(1)
    writer.beginObject()
    writer.endObject()
    writer.null()
    writer.endArray()
    writer.key("done")
    writer.value(true)
    writer.endObject()
  }

  @Test func compactTextHasNoSpaces() {
    #expect(
      text(.compact, writeSample) == #"{"name":"dns-edge","empty":[],"list":[1,{},null],"done":true}"#)
  }

  @Test func prettyTextIsIndentedByTwo() {
    #expect(
      text(.pretty, writeSample) == """
        {
          "name": "dns-edge",
          "empty": [],
          "list": [
            1,
            {},
            null
          ],
          "done": true
        }
        """)
  }

  @Test(arguments: [
    ("plain é😀", #""plain é😀""#), ("\"\\/", #""\"\\/""#), ("\n\r\t", #""\n\r\t""#),
    ("\0\u{1F}", #""\u0000\u001f""#),
    ("\u{7F}\u{2028}", "\"\u{7F}\u{2028}\""), ("", #""""#),
  ])
  func stringIsEscaped(_ string: String, _ written: String) throws {
    #expect(text { $0.value(string) } == written)
    var copy = string
    #expect(text { writer in copy.withUTF8 { writer.value(utf8: UnsafeRawBufferPointer($0)) } } == written)
    #expect(try JSONDocument(parsing: Array(written.utf8)).root.string == string)
    #expect(
      text {
        $0.beginObject()
        $0.key(string)
        $0.null()
        $0.endObject()
      } == "{\(written):null}")
  }

  @Test(arguments: [0.5, -0.0, 1e300, .leastNonzeroMagnitude, 0.1, 123456789.25]) func doubleReadsBackTheSame(
    _ double: Double
  ) throws {
    let written = text { $0.value(double) }
    #expect(try JSONDocument(parsing: Array(written.utf8)).root.double?.bitPattern == double.bitPattern)
  }

  @Test func numbersAndTruthValuesAreWritten() {
    #expect(text { $0.value(Int64.min) } == "-9223372036854775808")
    #expect(text { $0.value(UInt64.max) } == "18446744073709551615")
    #expect(text { $0.value(false) } == "false")
    #expect(text { $0.value(Double.nan) } == "null")
    #expect(text { $0.value(-Double.infinity) } == "null")
  }

  @Test func textGrowsBeyondTheFirstBuffer() throws {
    let written = text { writer in
      writer.beginArray()
      for index in 0..<10_000 { writer.value(index) }
      writer.endArray()
    }
    let elements = try JSONDocument(parsing: Array(written.utf8)).root.elements
    #expect(elements.map(\.integer) == (0..<10_000).map { $0 })
  }

  @Test func bytesAreLent() {
    var writer = JSONWriter()
    writer.value("x")
    #expect(writer.withBytes { Array($0) } == writer.bytes)
    #expect(writer.bytes == Array("\"x\"".utf8))
  }
}
