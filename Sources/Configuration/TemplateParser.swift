internal import JSON

/// Reads one template; goes on after a problem, so that all of them are found in one run.
struct TemplateParser {
  private let text: UnsafeRawBufferPointer
  private(set) var pieces: [Template.Piece] = []
  private var literal: [UInt8] = []
  private var problems: [(offset: Int, message: String)] = []
  private var values = 0

  init(_ text: UnsafeRawBufferPointer) { self.text = text }

  /// Reads all of it; returns what is wrong, in the order of the text.
  mutating func run() -> [ConfigurationProblem] {
    var index = 0
    while index < text.count {
      if isAt(index, "{{{{") {
        literal += "{{".utf8
        index += 4
      } else if isAt(index, "{{") {
        index = readValue(at: index)
      } else {
        literal.append(text[index])
        index += 1
      }
    }
    endLiteral()
    judgeWhole()
    let places = JSONPosition.locate(problems.map(\.offset), in: text)
    return zip(places, problems).map { ConfigurationProblem(position: $0, path: "", message: $1.message) }
  }

  private func isAt(_ index: Int, _ mark: String) -> Bool { text[index...].starts(with: mark.utf8) }

  private mutating func endLiteral() {
    if !literal.isEmpty { pieces.append(.literal(literal)) }
    literal = []
  }

  /// Reads from the braces at `start` on; returns where the text goes on.
  private mutating func readValue(at start: Int) -> Int {
    var end = start + 2
    while !isAt(end, "}}") {
      guard end < text.count, text[end] != UInt8(ascii: "\n") else {
        problems.append(
          (start, "\"{{\" has no \"}}\" on its line; write \"{{{{\" where two braces are meant"))
        return end
      }
      end += 1
    }
    endLiteral()
    if let piece = piece(start + 2..<end) { pieces.append(piece) }
    values += 1
    if values == Template.mostValues + 1 {
      problems.append((start, "there are more than \(Template.mostValues) values"))
    }
    return end + 2
  }

  /// The value that the text between braces asks for; nil where that is refused.
  private mutating func piece(_ range: Range<Int>) -> Template.Piece? {
    let parts = text[range].split(
      separator: UInt8(ascii: "|"), maxSplits: 1, omittingEmptySubsequences: false
    ).map(Self.trimmed)
    let name: Template.Name? = word(parts[0])
    guard parts.count == 2 else { return name.map { .value($0, nil) } }
    let filter: Template.Filter? = word(parts[1])
    guard let name, let filter else { return nil }
    return .value(name, filter)
  }

  private mutating func word<Word: RawRepresentable<String> & CaseIterable>(
    _ bytes: Slice<UnsafeRawBufferPointer>
  ) -> Word? {
    let word = String(decoding: bytes, as: UTF8.self)
    if let known = Word(rawValue: word) { return known }
    problems.append((bytes.startIndex, noneOf(Word.allCases.map(\.rawValue), word)))
    return nil
  }

  private static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
    let start = bytes.firstIndex { $0 != UInt8(ascii: " ") } ?? bytes.endIndex
    let end = bytes.lastIndex { $0 != UInt8(ascii: " ") }.map { $0 + 1 } ?? start
    return bytes[start..<end]
  }

  private mutating func judgeWhole() {
    let hasSecret = pieces.contains {
      if case .value(.secret, _) = $0 {
        true
      } else if case .value(.secretSHA256, _) = $0 {
        true
      } else {
        false
      }
    }
    guard problems.isEmpty, !hasSecret else { return }
    problems.append((0, "there is neither {{secret}} nor {{secret_sha256}} in it"))
  }
}
