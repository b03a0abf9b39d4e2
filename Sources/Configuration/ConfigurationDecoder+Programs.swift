internal import Core
internal import JSON

extension ConfigurationDecoder {
  /// The most programs of one list.
  static var mostPrograms: Int { 16 }
  /// The most words of a command.
  static var mostWords: Int { 64 }

  /// `run`.
  func programs(_ node: JSONNode) -> Field<[Program]> {
    programs(node, ConfigurationKey.Program.self) { key, value, parts in
      switch key {
      case .command: parts.command = command(value)
      case .timeout: parts.timeout = programTimeout(value)
      case .stdin: parts.stdin = boolean(value)
      }
    }
  }

  /// `on_failure` or `on_recovery`: no secret is new, so that there is none to read.
  func alertPrograms(_ node: JSONNode) -> Field<[Program]> {
    programs(node, ConfigurationKey.AlertProgram.self) { key, value, parts in
      switch key {
      case .command: parts.command = command(value)
      case .timeout: parts.timeout = programTimeout(value)
      }
    }
  }

  /// The members of a program.
  private struct ProgramParts {
    var command = Field<[String]>.absent
    var timeout = Field<TimeSpan>.absent
    var stdin = Field<Bool>.absent
  }

  private func programs<Key: RawRepresentable<String> & CaseIterable>(
    _ node: JSONNode, _: Key.Type, _ read: (Key, JSONNode, inout ProgramParts) -> Void
  ) -> Field<[Program]> {
    guard node.kind == .array else { return refuse(node, insteadOf: "an array of programs") }
    var programs: [Program] = []
    var seen: Set<[String]> = []
    var count = 0
    for element in node.elements {
      count += 1
      var parts = ProgramParts()
      guard members(of: element, Key.self, { read($0, $1, &parts) }) else { continue }
      if parts.command.isAbsent { report("\"command\" is missing", at: element) }
      guard let command = parts.command.value, !parts.timeout.isRefused, !parts.stdin.isRefused else {
        continue
      }
      guard seen.insert(command).inserted else {
        report("this command is in this list already", at: element)
        continue
      }
      programs.append(
        Program(
          command: command, timeout: parts.timeout.value ?? Program.standardTimeout,
          readsSecret: parts.stdin.value ?? false))
    }
    if count > Self.mostPrograms {
      return refuse(node, "there are \(count) programs; at most \(Self.mostPrograms) are accepted")
    }
    guard programs.count == count else { return .refused }
    return .given(sharedPrograms.shared(programs), offset: node.offset)
  }

  private func command(_ node: JSONNode) -> Field<[String]> {
    guard node.kind == .array else {
      return refuse(node, insteadOf: "an array of the program's path and its arguments")
    }
    let words = node.elements.enumerated().map { index, element in
      index == 0 ? path(element) : string(element, refusal: Self.argumentRefusal)
    }
    guard !words.isEmpty else { return refuse(node, "the program's path is missing") }
    guard words.count <= Self.mostWords else {
      return refuse(node, "there are \(words.count) words; at most \(Self.mostWords) are accepted")
    }
    let command = words.compactMap(\.value)
    return command.count == words.count ? .given(command, offset: node.offset) : .refused
  }

  private static func argumentRefusal(_ text: String) -> String? {
    if text.utf8.contains(0) { return "has a NUL" }
    return text.utf8.count > AbsolutePath.mostBytes
      ? "is longer than \(AbsolutePath.mostBytes) bytes" : nil
  }

  private func programTimeout(_ node: JSONNode) -> Field<TimeSpan> {
    span(node, in: .seconds(1) ... .hours(1))
  }
}
