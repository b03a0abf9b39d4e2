import Testing

/// The file as a whole. Each refusal, with the place, the path and the words.
@Suite struct FileRefusalTests {
  private static let refusals: [Refusal] = [
    Refusal([.more: #""token": []"#], #"9:3: token: this key is not known; did you mean "tokens"?"#),
    Refusal(
      [.more: #""state_dir": "/x""#],
      #"9:3: state_dir: this key is not known; did you mean "state_directory"?"#),
    Refusal(
      [.more: #""zzz": 1"#],
      #"9:3: zzz: this key is not known; known here: $schema, state_directory, escrow, wait_for_clock, api, metrics, credentials, defaults, tokens"#
    ),
    Refusal([.more: #""credentials": {}"#], #"9:3: credentials: this key is there twice"#),
    Refusal([.more: #""$schema": 1"#], #"9:14: $schema: must be a string, not a number"#),
    Refusal([.more: #""state_directory": 1"#], #"9:22: state_directory: must be a string, not a number"#),
    Refusal(
      [.more: #""state_directory": "var/lib/x""#],
      #"9:22: state_directory: "var/lib/x" is not an absolute path"#),
    Refusal(
      [.more: #""state_directory": "/var/lib/../x""#],
      #"9:22: state_directory: "/var/lib/../x" has the component "..""#),
    Refusal(
      [.more: #""wait_for_clock": "yes""#],
      #"9:21: wait_for_clock: must be true or false, not a string"#),
    Refusal(
      [.more: #""escrow": "sealed""#],
      #"9:13: escrow: "sealed" is none of "plain", "encrypted""#),
    Refusal([.more: #""api": []"#], #"9:10: api: must be an object, not an array"#),
    Refusal([.more: #""defaults": "x""#], #"9:15: defaults: must be an object, not a string"#),
  ]

  @Test(arguments: refusals) func isRefused(_ refusal: Refusal) {
    #expect(refusal.found == refusal.expected)
  }
}
