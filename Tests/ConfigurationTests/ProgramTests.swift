import Configuration
import Core
import Testing

/// `run`, `on_failure` and `on_recovery`.
@Suite struct ProgramTests {
  @Test func programsAreReadWithTheirDefaults() throws {
    let token =
      #""t1", "run": [{"command": ["/usr/local/bin/deploy", "--now", "it's"], "timeout": "5min", "stdin": true}, "#
      + #"{"command": ["/bin/true"]}], "on_failure": [{"command": ["/usr/bin/mail", "ops"]}], "#
      + #""on_recovery": [{"command": ["/b"], "timeout": "1s"}]"#
    let entry = try #require(try Sample([.token: token]).decoded().tokens.first)
    #expect(
      entry.run == [
        Program(
          command: ["/usr/local/bin/deploy", "--now", "it's"], timeout: .minutes(5), readsSecret: true),
        Program(command: ["/bin/true"], timeout: .minutes(1), readsSecret: false),
      ])
    #expect(entry.onFailure == [Program(command: ["/usr/bin/mail", "ops"])])
    #expect(entry.onRecovery == [Program(command: ["/b"], timeout: .seconds(1))])
  }

  @Test(arguments: [
    ("", ["/d"], ["/f"]), (#", "run": []"#, [], ["/f"]),
    (#", "run": [{"command": ["/own"]}], "on_failure": []"#, ["/own"], []),
  ]) func anEntryHasItsOwnListsOrThoseOfTheDefaults(_ members: String, _ run: [String], _ failure: [String])
    throws
  {
    let defaults = #""defaults": {"run": [{"command": ["/d"]}], "on_failure": [{"command": ["/f"]}]}"#
    let entry = try #require(
      try Sample([.token: "\"t1\"\(members)", .more: defaults]).decoded().tokens.first)
    #expect(entry.run.map(\.path) == run)
    #expect(entry.onFailure.map(\.path) == failure)
    #expect(entry.onRecovery == [])
  }

  @Test(arguments: [
    (["/bin/a"], "/bin/a"), (["/bin/a", "-x", "a=b", ""], "/bin/a -x a=b ''"),
    (["/bin/a b", "it's"], #"'/bin/a b' 'it'\''s'"#), (["/bin/a", "$(x)", "\n"], "/bin/a '$(x)' '\n'"),
  ]) func theLineIsWhatAShellWouldRead(_ command: [String], _ line: String) {
    #expect(Program(command: command).line == line)
  }

  private static let refusals = [
    Refusal(
      [.token: #""t1", "run": "/x""#], #"4:26: tokens[0].run: must be an array of programs, not a string"#),
    Refusal(
      [.token: #""t1", "run": ["/x", "y"]"#], #"4:27: tokens[0].run[0]: must be an object, not a string"#,
      #"4:33: tokens[0].run[1]: must be an object, not a string"#),
    Refusal([.token: #""t1", "run": [{}]"#], #"4:27: tokens[0].run[0]: "command" is missing"#),
    Refusal(
      [.token: #""t1", "run": [{"command": "/x"}]"#],
      #"4:39: tokens[0].run[0].command: must be an array of the program's path and its arguments, not a string"#
    ),
    Refusal(
      [.token: #""t1", "run": [{"command": []}]"#],
      #"4:39: tokens[0].run[0].command: the program's path is missing"#),
    Refusal(
      [.token: #""t1", "run": [{"command": ["deploy", 5]}]"#],
      #"4:40: tokens[0].run[0].command[0]: "deploy" is not an absolute path"#,
      #"4:50: tokens[0].run[0].command[1]: must be a string, not a number"#),
    Refusal(
      [.token: #""t1", "run": [{"command": ["/x", "\u0000"]}]"#],
      #"4:46: tokens[0].run[0].command[1]: "\u0000" has a NUL"#),
    Refusal(
      [.token: "\"t1\", \"run\": [{\"command\": [\"/x\"\(String(repeating: ", \"\"", count: 64))]}]"],
      "4:39: tokens[0].run[0].command: there are 65 words; at most 64 are accepted"),
    Refusal(
      [.token: #""t1", "run": [{"command": ["/x"], "timeout": "2h"}]"#],
      #"4:58: tokens[0].run[0].timeout: "2h" is out of range: 1s to 1h"#),
    Refusal(
      [.token: #""t1", "run": [{"command": ["/x"], "stdin": 1}]"#],
      #"4:56: tokens[0].run[0].stdin: must be true or false, not a number"#),
    Refusal(
      [.token: #""t1", "run": [{"command": ["/x"], "user": "www-data"}]"#],
      #"4:47: tokens[0].run[0].user: this key is not known; known here: command, timeout, stdin"#),
    Refusal(
      [.token: #""t1", "run": [{"command": ["/x"]}, {"command": ["/x"], "timeout": "5s"}]"#],
      #"4:48: tokens[0].run[1]: this command is in this list already"#),
    Refusal(
      [.token: #""t1", "on_failure": [{"command": ["/x"], "stdin": true}]"#],
      #"4:54: tokens[0].on_failure[0].stdin: this key is not known; known here: command, timeout"#),
    Refusal(
      [
        .token: "\"t1\", \"on_recovery\": ["
          + (1...17).map { "{\"command\": [\"/\($0)\"]}" }.joined(separator: ", ") + "]"
      ], "4:34: tokens[0].on_recovery: there are 17 programs; at most 16 are accepted"),
    Refusal(
      [.more: #""defaults": {"run": {}}"#],
      #"9:23: defaults.run: must be an array of programs, not an object"#),
  ]

  @Test(arguments: refusals) func isRefused(_ refusal: Refusal) {
    #expect(refusal.found == refusal.expected)
  }
}
