import Configuration
import Testing

/// What a template may say. Each refusal, with the place and the words.
@Suite struct TemplateTests {
  private static func parse(_ text: String) throws(ConfigurationError) -> Template {
    try Array(text.utf8).withUnsafeBytes { bytes in
      Result { () throws(ConfigurationError) in try Template.parse(bytes, file: "/etc/x.tmpl") }
    }.get()
  }

  private static func literal(_ text: String) -> Template.Piece { .literal(Array(text.utf8)) }

  @Test(
    arguments: [
      ("{{secret}}", [.value(.secret, nil)]),
      ("a {{ secret }}\n", [literal("a "), .value(.secret, nil), literal("\n")]),
      ("{{secret|json}}{{secret | shell}}", [.value(.secret, .json), .value(.secret, .shell)]),
      (
        "{{secret_sha256}} {{token_id}} {{account_id}} {{entry}} {{rolled_at}}",
        [
          .value(.secretSHA256, nil), literal(" "), .value(.tokenID, nil), literal(" "),
          .value(.accountID, nil), literal(" "), .value(.entry, nil), literal(" "), .value(.rolledAt, nil),
        ]
      ),
      ("{{{{ .Go }} {{secret}}", [literal("{{ .Go }} "), .value(.secret, nil)]),
      ("{{{{{{secret}}}}", [literal("{{"), .value(.secret, nil), literal("}}")]),
      ("{ } {\"a\":{{secret}}}", [literal("{ } {\"a\":"), .value(.secret, nil), literal("}")]),
      ("{{secret}}\u{0}é{", [.value(.secret, nil), literal("\u{0}é{")]),
    ] as [(String, [Template.Piece])])
  func templateIsReadInPieces(_ text: String, _ pieces: [Template.Piece]) throws {
    #expect(try Self.parse(text).pieces == pieces)
  }

  private static let names =
    #""secret", "secret_sha256", "token_id", "account_id", "entry", "rolled_at""#

  @Test(
    arguments: [
      ("", [#"1:1: there is neither {{secret}} nor {{secret_sha256}} in it"#]),
      ("{secret} $secret", [#"1:1: there is neither {{secret}} nor {{secret_sha256}} in it"#]),
      ("{{{{secret}}", [#"1:1: there is neither {{secret}} nor {{secret_sha256}} in it"#]),
      ("{{secrt}}", [#"1:3: "secrt" is none of \#(names); did you mean "secret"?"#]),
      ("é\n  {{ roled_at }}", [#"2:6: "roled_at" is none of \#(names); did you mean "rolled_at"?"#]),
      ("{{SECRET}}", [#"1:3: "SECRET" is none of \#(names); did you mean "secret"?"#]),
      ("{{}}", [#"1:3: "" is none of \#(names)"#]),
      ("{{{secret}}}", [#"1:3: "{secret" is none of \#(names); did you mean "secret"?"#]),
      ("{{secret|base64}}", [#"1:10: "base64" is none of "json", "shell""#]),
      ("{{secret|}}", [#"1:10: "" is none of "json", "shell""#]),
      ("{{secret|json|shell}}", [#"1:10: "json|shell" is none of "json", "shell"; did you mean "json"?"#]),
      (
        "{{secret}}\nx = {{secret\n{{entry}}",
        [#"2:5: "{{" has no "}}" on its line; write "{{{{" where two braces are meant"#]
      ),
      ("{{secret}} {{", [#"1:12: "{{" has no "}}" on its line; write "{{{{" where two braces are meant"#]),
      (
        "{{a}}\n{{b|c}} {{secret}}",
        [
          #"1:3: "a" is none of \#(names)"#, #"2:3: "b" is none of \#(names)"#,
          #"2:5: "c" is none of "json", "shell""#,
        ]
      ),
      ("{{cfat_0123456789}}", [#"1:3: <redacted> is none of \#(names)"#]),
      (
        String(repeating: "{{secret}}\n", count: 102), [#"101:1: there are more than 100 values"#]
      ),
    ] as [(String, [String])])
  func templateIsRefusedWithThePlaceAndWhatIsAllowed(_ text: String, _ expected: [String]) {
    do {
      _ = try Self.parse(text)
      Issue.record("accepted")
    } catch {
      #expect(error.problems.map(\.description) == expected)
      #expect(error.description.hasPrefix("/etc/x.tmpl:"))
    }
  }

  @Test func aTemplateOfTheMostValuesIsAccepted() throws {
    let template = try Self.parse(String(repeating: "{{secret}}\n", count: Template.mostValues))
    #expect(template.pieces.count == 2 * Template.mostValues)
  }
}
