import JSON
import Testing

/// No text crashes the reader, and whatever it takes is read the same by what it writes.
@Suite struct FuzzTests {
  private static let seeds = [
    #"{"a":[1,-2.5e+3,"x\n\u00e9\ud83d\ude00é😀",true,false,null,{"b":{}}],"c":"","d":[[[]]]}"#,
    #"[{"name":"dns-edge","every":"30d"},{"name":"b","mode":"0640"},0.1,1e5,"\"\\\/\b\f"]"#,
    "\"\\ud800\\udc00\"", " [ ] ", "-0",
  ].map { Array($0.utf8) }
  private static let spice =
    Array("{}[]\",:\\u0dc8-+.eE1 \n\0/tfn\u{80}é😀\u{FEFF}".utf8) + [0xFF, 0xC0, 0xED]

  private func write(_ node: JSONNode, to writer: inout JSONWriter) {
    switch node.kind {
    case .object:
      writer.beginObject()
      for member in node.members {
        writer.key(member.key)
        write(member.value, to: &writer)
      }
      writer.endObject()
    case .array:
      writer.beginArray()
      for element in node.elements { write(element, to: &writer) }
      writer.endArray()
    case .string: writer.value(node.string ?? "")
    case .number:
      if let integer = node.integer { writer.value(integer) } else { writer.value(node.double ?? 0) }
    case .boolean: writer.value(node.boolean ?? false)
    case .null: writer.null()
    }
  }

  private func rewritten(_ document: JSONDocument, _ layout: JSONWriter.Layout) -> [UInt8] {
    var writer = JSONWriter(layout)
    write(document.root, to: &writer)
    return writer.bytes
  }

  private func mutated(_ seed: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var text = seed
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let place = Int.random(in: 0...text.count, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: text.insert(Self.spice.randomElement(using: &random) ?? 0, at: place)
      case 1 where place < text.count: text[place] = Self.spice.randomElement(using: &random) ?? 0
      case 2 where place < text.count: text.remove(at: place)
      default: text.removeSubrange(place..<min(text.count, place + Int.random(in: 0...9, using: &random)))
      }
    }
    return text
  }

  @Test func mutatedTextsAreRefusedOrReadTheSameAgain() throws {
    var random = SeededGenerator(seed: 20_260_801)
    var taken = 0
    for round in 0..<20_000 {
      let text = mutated(Self.seeds[round % Self.seeds.count], &random)
      let document: JSONDocument
      do {
        document = try JSONDocument(parsing: text)
      } catch {
        #expect(error.position.line >= 1 && error.position.column >= 1 && !error.message.isEmpty)
        continue
      }
      taken += 1
      let compact = rewritten(document, .compact)
      let pretty = try JSONDocument(parsing: rewritten(document, .pretty))
      #expect(rewritten(pretty, .compact) == compact)
    }
    #expect(taken > 1_000)
  }
}

/// The same numbers at each run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
