import Core
import Platform
import Testing

@testable import CloudflareAPI

/// What may be printed: no secret, no part of one, nothing that upsets a terminal.
struct RedactionTests {
  @Test(arguments: [
    ("\(credentialText)", "<redacted>"),
    ("token \(credentialText) and \(credentialText).", "token <redacted> and <redacted>."),
    ("begins \(credentialText.prefix(12)) so", "begins <redacted> so"),
    ("ends \(credentialText.suffix(12)) so", "ends <redacted> so"),
    ("split \(credentialText.prefix(20))\n\u{0}\(credentialText.dropFirst(20))", "split <redacted>"),
    ("split \(credentialText.prefix(20))\u{200B}\(credentialText.dropFirst(20))", "split <redacted>"),
    ("other cfut_abc cfk_x cfat_", "other <redacted> <redacted> cfat_"),
    ("the new \(newSecret)", "the new <redacted>"),
    ("plain é 試験", "plain é 試験"),
    ("a\tb\r\nc\u{7F}\u{85}\u{2028}\u{202E}d", "abcd"),
    ("", ""),
  ])
  func secretsAndControlsAreLeftOut(_ text: String, _ expected: String) {
    #expect(printable(text, without: Secret(credentialText)) == expected)
  }

  @Test func aSecretOnTheEdgeOfTheCutIsLeftOutToo() {
    for length in 150..<200 {
      let text = String(repeating: "-", count: length) + credentialText + String(repeating: "+", count: 300)
      let result = printable(text, without: Secret(credentialText))
      #expect(result.count == 200)
      #expect(!result.contains("Cred"))
    }
  }

  @Test func aShortSecretIsLeftOutWhole() {
    #expect(printable("abc is it", without: Secret("abc")) == "<redacted> is it")
  }

  @Test(.timeLimit(.minutes(1)), arguments: ["401 Unauthorized", "200 OK", "500 Oops", "429 Slow down"])
  func anAnswerThatRepeatsTheCredentialDoesNotGetItIntoTheFailure(_ status: String) async throws {
    let body = #"{"success":false,"errors":[{"code":1,"message":"Bearer \#(credentialText)"}]}"#
    let fields = ["cf-ray: 1\u{1B}[31m", "X: \(credentialText)"]
    let server = try ScriptedServer { _ in [.send(httpAnswer(status, body, fields: fields))] }
    let answer = await (try makeClient(port: server.port)).rollTestToken()
    let failure = try #require(answer.failure)
    var text = ""
    dump(answer, to: &text)
    #expect(!text.contains(credentialText.dropFirst(5).prefix(8)))
    #expect(failure.reason.contains("<redacted>"))
    #expect(failure.ray == "1[31m")
  }

  @Test func aRolledSecretDoesNotPrint() throws {
    let rolled = try VerdictTests.roll(rolledBody()).get()
    var text = "\(rolled)"
    dump(rolled, to: &text)
    #expect(!text.contains(newSecret.prefix(10)))
  }
}
