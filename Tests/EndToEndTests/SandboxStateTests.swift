import Glibc
import JSON
import TestSupport
import Testing

@Suite struct SandboxStateTests {
  @Test func whatWasAnsweredSurvivesAKill() throws {
    let directory = try TemporaryDirectory()
    let state = directory.path("state.json")
    let first = try SandboxUnderTest("--state", state)
    let (credential, token) = (try first.token("credential"), try first.token("token-1"))
    let doomed = try first.token("token-2")
    let secret = try first.roll(token, as: credential).result().string
    // The answer has come, so the file has it.
    let kept = try JSONDocument(parsing: contents(of: state)).root["accounts"]?.elements.first { _ in true }?[
      "tokens"]
    #expect(kept?.elements.contains { $0["secret"]?.string == secret } == true)
    let path = "/accounts/\(token.account)/tokens/\(doomed.id)"
    #expect(try first.send("DELETE", path, bearer: credential.secret).status == 200)
    first.process.signal(SIGKILL)
    _ = first.process.wait()
    let second = try SandboxUnderTest("--state", state)
    #expect(try second.token("token-1").secret == secret)
    #expect(try second.tokens().map(\.name) == ["credential", "token-1", "token-3"])
    #expect(try second.rolls(of: token) == 1)
    #expect(try second.roll(token, as: credential).status == 200)
  }

  @Test func everySecretOfManyRollsAtOnceIsKept() throws {
    let directory = try TemporaryDirectory()
    let state = directory.path("state.json")
    let sandbox = try SandboxUnderTest("--state", state, "--tokens", "20")
    let credential = try sandbox.token("credential")
    let tokens = try sandbox.tokens().filter { $0.name != "credential" }
    let urls = tokens.map {
      "next\nurl = \"\(sandbox.base)/accounts/\($0.account)/tokens/\($0.id)/value\"\nrequest = PUT\nsilent\nheader = \"Authorization: Bearer \(credential.secret)\"\n"
    }
    let config = "parallel\nparallel-immediate\n" + urls.joined()
    #expect(try TestProcess.run("curl", ["--disable", "--config", "-"], input: config).status == 0)
    let kept = try JSONDocument(parsing: contents(of: state)).root["accounts"]?.elements.first { _ in true }?[
      "tokens"]
    #expect(try kept?.elements.map { $0["secret"]?.string } == sandbox.tokens().map(\.secret))
    #expect(kept?.elements.dropFirst().allSatisfy { $0["rolls"]?.integer == 1 } == true)
  }

  @Test func theDemoIsReadyForScripts() throws {
    let parent = try TemporaryDirectory()
    let demo = parent.path("demo")
    let account = String(repeating: "c", count: 32)
    let sandbox = try SandboxUnderTest(
      "--demo", demo, "--account", account, "--tokens", "2", "--ready-file", parent.path("url"))
    #expect(String(decoding: try contents(of: parent.path("url")), as: UTF8.self) == sandbox.base + "\n")
    let credential = String(decoding: try contents(of: demo + "/credential"), as: UTF8.self)
    #expect(try sandbox.token("credential").secret == credential)
    for name in ["credential", "fixture.json"] {
      var status = stat()
      #expect(stat("\(demo)/\(name)", &status) == 0)
      #expect(status.st_mode & 0o777 == 0o600)
    }
    let accounts = try JSONDocument(parsing: contents(of: demo + "/fixture.json")).root["accounts"]
    #expect(accounts?.elements.map { $0["id"]?.string } == [account])
    let before = try sandbox.tokens().map(\.secret)
    sandbox.process.signal(SIGTERM)
    #expect(sandbox.process.wait() == 0)
    #expect(try SandboxUnderTest("--demo", demo).tokens().map(\.secret) == before)
  }

  static let fixtures: [(text: String, says: String)] = [
    ("{", "1:2"), ("{}", "/accounts is required"),
    (#"{"accounts":[{"id":"short"}]}"#, "/accounts/0/id must have 32"),
    (#"{"accounts":[],"token":[]}"#, "/token is unknown here"),
    (account(#"{"name":"x","permissions":["DNS Writ"]}"#), "permissions/0 is not one of"),
    (
      account(#"{"name":"x","permissions":["DNS Write"],"secret":"short"}"#),
      "/tokens/0/secret must have 40 to 80"
    ),
    (
      account(#"{"name":"x","permissions":["DNS Write"],"expires_on":"2020-02-30T00:00:00Z"}"#),
      "expires_on must be"
    ),
    (
      account(
        #"{"id":"a","name":"x","permissions":["DNS Write"]},{"id":"a","name":"y","permissions":["DNS Write"]}"#
      ),
      "/tokens/1/id is another token's"
    ),
  ]

  static func account(_ tokens: String) -> String {
    #"{"accounts":[{"id":"\#(String(repeating: "a", count: 32))","tokens":[\#(tokens)]}]}"#
  }

  @Test func aFixtureThatCannotBeUsedIsRefusedWithThePlace() throws {
    let directory = try TemporaryDirectory()
    let program = try TestProcess.product("tokenroll-sandbox")
    for (text, says) in Self.fixtures {
      let path = try directory.write("fixture.json", text)
      let result = try TestProcess.run(program, ["--listen", "127.0.0.1:0", "--fixture", path])
      #expect(result.status == 65, "\(text)")
      #expect(
        result.errorText.contains(path) && result.errorText.contains(says), "\(text): \(result.errorText)")
      #expect(result.output.isEmpty)
    }
  }
}
