import Configuration
import JSON
import Testing

/// How problems are reported: all in one run, in the order of the file, with no secret among them.
@Suite struct ReportTests {
  private func error(_ text: String) throws -> ConfigurationError {
    try #require(throws: ConfigurationError.self) { try decode(text) }
  }

  @Test func allProblemsOfAFileAreReportedTogether() throws {
    let text = """
      {
        "tokens": [
          {"name": "a", "account_id": "x", "token_id": "T", "credential": "mian", "shedule": {},
           "schedule": {"every": "5x", "first": "soon", "not_during": ["never"]},
           "publish": [{"file": "srv"}, {"file": "/srv/a", "mode": 640, "mode": "0600"}]},
          {"name": "a", "publish": []},
          "entry"
        ],
        "defaults": {"publish": {"mode": "0777"}, "account_id": 5},
        "api": {"base_url": "http://example.org", "timeout": "1h", "rate": 1},
        "state_directory": "state",
        "credentials": {"main": {}, "main": 1}
      }
      """
    #expect(
      try error(text).problems.map { "\($0.position) \($0.path)" } == [
        "3:33 tokens[0].account_id", "3:50 tokens[0].token_id", "3:69 tokens[0].credential",
        "3:77 tokens[0].shedule", "4:28 tokens[0].schedule.every", "4:43 tokens[0].schedule.first",
        "4:66 tokens[0].schedule.not_during[0]", "5:27 tokens[0].publish[0].file",
        "5:62 tokens[0].publish[1].mode", "5:67 tokens[0].publish[1].mode", "6:5 tokens[1]", "6:5 tokens[1]",
        "6:5 tokens[1]", "6:14 tokens[1].name", "6:30 tokens[1].publish", "7:5 tokens[2]",
        "9:36 defaults.publish.mode", "9:59 defaults.account_id", "10:23 api.base_url", "10:56 api.timeout",
        "10:62 api.rate", "11:22 state_directory", "12:27 credentials.main", "12:31 credentials.main",
      ])
  }

  @Test func problemIsOneLineWithFilePlaceAndPath() throws {
    let error = try error(
      "{\n \"credentials\": {\"main\": {\"file\": \"/x\"}}, \"tokens\": [1],\n\"token\": 1}")
    #expect(
      error.description == """
        /etc/tokenroll/config.json:2:54: tokens[0]: must be an object, not a number
        /etc/tokenroll/config.json:3:1: token: this key is not known; did you mean "tokens"?
        """)
    #expect(error.count == 2)
  }

  @Test func problemOfTheWholeFileHasNoPath() throws {
    #expect(
      try error("[]").description == "/etc/tokenroll/config.json:1:1: must be an object, not an array")
    #expect(
      try error("{}").description == """
        /etc/tokenroll/config.json:1:1: "credentials" is missing
        /etc/tokenroll/config.json:1:1: "tokens" is missing
        """)
  }

  @Test func syntaxErrorIsTheOnlyProblem() throws {
    let error = try error("{\"token\": 1,\n \"tokens\": [,]}")
    #expect(
      error.problems == [
        ConfigurationProblem(
          position: JSONPosition(line: 2, column: 13), path: "",
          message: "\",\" was read where a value or \"]\" was expected")
      ])
    #expect(
      error.description
        == "/etc/tokenroll/config.json:2:13: \",\" was read where a value or \"]\" was expected")
  }

  @Test func textThatIsTooLongIsRefused() throws {
    let error = try #require(throws: ConfigurationError.self) {
      try decode([UInt8](repeating: 0x20, count: (64 << 20) + 1))
    }
    #expect(error.problems.map(\.message) == ["the text has 67108865 bytes; at most 67108864 are read"])
  }

  private func entries(_ count: Int) -> String {
    #"{"credentials": {}, "tokens": ["# + (0..<count).map { _ in "0" }.joined(separator: ",") + "]}"
  }

  @Test(arguments: [99, 100, 101, 1_000, 1_001, 2_500]) func hundredProblemsAreListedAndTheRestCounted(
    _ count: Int
  ) throws {
    let error = try error(entries(count))
    let lines = error.description.split(separator: "\n")
    #expect(error.count == count)
    #expect(error.problems.count == min(count, 1_000))
    #expect(
      lines.prefix(100)
        == (0..<min(count, 100)).map {
          "/etc/tokenroll/config.json:1:\(32 + 2 * $0): tokens[\($0)]: must be an object, not a number"
        }[...].map { $0[...] }[...])
    #expect(lines.dropFirst(100) == (count > 100 ? ["and \(count - 100) more"] : []))
  }

  @Test func firstProblemsOfTheFileAreKeptWhateverTheOrderInWhichTheyAreFound() throws {
    // The defaults come last in the file and are read first.
    let text = entries(1_500).dropLast() + ", \"defaults\": 5}"
    let error = try error(String(text))
    #expect(error.count == 1_501)
    #expect(error.problems.map(\.path) == (0..<1_000).map { "tokens[\($0)]" })
  }

  @Test func quotaOfEntriesIsKept() throws {
    #expect(
      try error(entries(500_001)).problems.map(\.description) == [
        "1:31: tokens: there are 500001 entries; at most 500000 are accepted"
      ])
    #expect(
      try error(entries(0)).problems.map(\.description) == ["1:31: tokens: at least one entry is needed"])
  }

  @Test(arguments: [
    "cfat_0123456789012345678901234567890123456789abcdefgh", "cfut_x", "Bearer cfk_x",
    "0123456789012345678901234567890123456789",
  ])
  func whatLooksLikeASecretIsNotRepeated(_ secret: String) throws {
    for part in Sample.Part.allCases where part != .more {
      for value in [
        "\"\(secret)\"", "{\"\(secret)\": \"\(secret)\"}", "[\"\(secret)\"]", "[{\"\(secret)\": 1}]",
      ] {
        for problem in Sample([part: value]).problems() { #expect(!problem.contains(secret)) }
      }
    }
    let members = [
      "api.base_url", "api.timeout", "api.ca_file", "schedule.every", "schedule.calendar", "schedule.first",
      "schedule.not_during", "publish.mode", "publish.owner", "publish.format", "publish.allow",
      "state_directory",
    ]
    for member in members {
      let keys = member.split(separator: ".")
      let value = ["not_during", "allow"].contains(keys.last) ? "[\"\(secret)\"]" : "\"\(secret)\""
      let object = keys.reversed().reduce(value) { "{\"\($1)\": \($0)}" }
      let inside = String(object.dropFirst().dropLast())
      let isTop = member.hasPrefix("api") || keys.count == 1
      let problems = Sample([.more: isTop ? inside : "\"defaults\": {\(inside)}"]).problems()
      // A user may have such a name; elsewhere it is refused.
      #expect(problems.count == 1 || member == "publish.owner")
      for problem in problems { #expect(!problem.contains(secret)) }
    }
  }
}
