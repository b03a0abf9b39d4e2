import Testing

/// `credentials`, and who refers to them. Each refusal, with the place, the path and the words.
@Suite struct CredentialRefusalTests {
  private static let refusals: [Refusal] = [
    Refusal([.credentials: #"[]"#], #"1:17: credentials: must be an object, not an array"#),
    Refusal([.credentials: #""main""#], #"1:17: credentials: must be an object, not a string"#),
    Refusal(
      [.credentials: #"{"main": "/etc/x"}"#], #"1:26: credentials.main: must be an object, not a string"#),
    Refusal([.credentials: #"{"main": {}}"#], #"1:26: credentials.main: "file" is missing"#),
    Refusal(
      [.credentials: #"{"main": {"file": 1}}"#],
      #"1:35: credentials.main.file: must be a string, not a number"#),
    Refusal(
      [.credentials: #"{"main": {"file": "etc/x"}}"#],
      #"1:35: credentials.main.file: "etc/x" is not an absolute path"#),
    Refusal(
      [.credentials: #"{"main": {"file": ""}}"#],
      #"1:35: credentials.main.file: "" is neither an absolute path nor the name of a credential of the unit"#
    ),
    Refusal(
      [.credentials: #"{"main": {"file": ".."}}"#],
      #"1:35: credentials.main.file: ".." is neither an absolute path nor the name of a credential of the unit"#
    ),
    Refusal(
      [.credentials: #"{"main": {"file": "."}}"#],
      #"1:35: credentials.main.file: "." is neither an absolute path nor the name of a credential of the unit"#
    ),
    Refusal(
      [.credentials: #"{"main": {"file": "a b"}}"#],
      #"1:35: credentials.main.file: "a b" is neither an absolute path nor the name of a credential of the unit"#
    ),
    Refusal(
      [.credentials: #"{"main": {"file": "/etc/../x"}}"#],
      #"1:35: credentials.main.file: "/etc/../x" has the component "..""#),
    Refusal(
      [.credentials: #"{"main": {"file": "/etc/"}}"#],
      #"1:35: credentials.main.file: "/etc/" ends with a slash"#),
    Refusal(
      [.credentials: #"{"main": {"file": "a\u0000"}}"#],
      #"1:35: credentials.main.file: "a\u0000" is neither an absolute path nor the name of a credential of the unit"#
    ),
    Refusal(
      [.credentials: #"{"main": {"file": "/x", "secret": "s"}}"#],
      #"1:41: credentials.main.secret: this key is not known; known here: file"#),
    Refusal(
      [.credentials: #"{"main": {"fil": "/x"}}"#], #"1:26: credentials.main: "file" is missing"#,
      #"1:27: credentials.main.fil: this key is not known; did you mean "file"?"#),
    Refusal(
      [.credentials: #"{"main": {"file": "/x", "file": "/y"}}"#],
      #"1:41: credentials.main.file: this key is there twice"#),
    Refusal(
      [.credentials: #"{"main": {"file": "/x"}, "main": {"file": "/y"}}"#],
      #"1:42: credentials.main: this key is there twice"#),
    Refusal(
      [.credentials: #"{"main": {"file": "/x"}, "": {"file": "/y"}}"#],
      #"1:42: credentials[""]: this is not a name: 1 to 64 letters, digits, ".", "_" and "-", a letter or digit first"#
    ),
    Refusal(
      [.credentials: #"{"main": {"file": "/x"}, "a b": {"file": "/y"}}"#],
      #"1:42: credentials["a b"]: this is not a name: 1 to 64 letters, digits, ".", "_" and "-", a letter or digit first"#
    ),
    Refusal(
      [.credentials: #"{"main": {"file": "/x"}, ".a": {"file": "/y"}}"#],
      #"1:42: credentials[".a"]: this is not a name: 1 to 64 letters, digits, ".", "_" and "-", a letter or digit first"#
    ),
    Refusal(
      [.credentials: #"{"main": {"file": "/x"}, "cfat_0123": {}}"#],
      #"1:55: credentials.<redacted>: "file" is missing"#),
    Refusal(
      [.credentials: #"{"man": {"file": "/x"}}"#],
      #"5:15: tokens[0].credential: there is no credential "main"; did you mean "man"?"#),
    Refusal(
      [.credentials: #"{"other": {"file": "/x"}}"#],
      #"5:15: tokens[0].credential: there is no credential "main""#),
    Refusal([.credentials: #"{}"#], #"5:15: tokens[0].credential: there is no credential "main""#),
    Refusal([.credential: #"1"#], #"5:15: tokens[0].credential: must be a string, not a number"#),
    Refusal([.credential: #""""#], #"5:15: tokens[0].credential: there is no credential """#),
    Refusal(
      [.credential: #""cfat_0123456789""#], #"5:15: tokens[0].credential: there is no credential <redacted>"#),
    Refusal(
      [.credential: #""#, .more: #""defaults": {"credential": "mian"}"#],
      #"9:30: defaults.credential: there is no credential "mian"; did you mean "main"?"#),
    Refusal(
      [.credential: #""#, .more: #""defaults": {"credential": 1}"#],
      #"9:30: defaults.credential: must be a string, not a number"#),
  ]

  @Test(arguments: refusals) func isRefused(_ refusal: Refusal) {
    #expect(refusal.found == refusal.expected)
  }
}
