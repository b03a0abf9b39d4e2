import Glibc
import JSON
import TestSupport
import Testing

/// `tokenroll discover` lists the tokens of an account and writes a configuration for them.
@Suite struct DiscoverTests {
  private static func run(
    _ sandbox: SandboxUnderTest, _ arguments: [String], credential: String? = nil, account: String? = nil
  ) throws -> TestProcess.Result {
    let token = try sandbox.token("credential")
    return try TestProcess.run(
      "env",
      [
        "CLOUDFLARE_API_TOKEN=\(credential ?? token.secret)",
        "CLOUDFLARE_ACCOUNT_ID=\(account ?? token.account)",
        "CLOUDFLARE_BASE_URL=\(sandbox.base)", try TestProcess.product("tokenroll"), "discover", "--config",
        "/nonexistent/config.json",
      ] + arguments)
  }

  /// Makes a token in the account of the sandbox.
  private static func create(
    _ name: String, in sandbox: SandboxUnderTest, group: String = "4755a26eedb94da69e1066d98aa820be",
    more: String = ""
  ) throws {
    let owner = try sandbox.token("credential")
    let policy = """
      {"effect": "allow", "permission_groups": [{"id": "\(group)"}],
       "resources": {"com.cloudflare.api.account.\(owner.account)": {"com.cloudflare.api.account.zone.*": "*"}}}
      """
    let reply = try sandbox.send(
      "POST", "/accounts/\(owner.account)/tokens", bearer: owner.secret,
      body: "{\"name\": \(ServiceConfiguration.quoted(name)), \"policies\": [\(policy)]\(more)}")
    #expect(reply.status == 200, "\(reply.text)")
  }

  private static func list(_ result: TestProcess.Result) throws -> [JSONNode] {
    #expect(result.status == 0, "\(result.errorText)")
    return try JSONDocument(parsing: result.output).root["tokens"]?.elements.map { $0 } ?? []
  }

  @Test func allTokensOverManyPagesAreListedOnce() throws {
    let sandbox = try SandboxUnderTest("--tokens", "250")
    let tokens = try Self.list(Self.run(sandbox, ["--json"]))
    #expect(tokens.count == 251)
    #expect(Set(tokens.compactMap { $0["id"]?.string }) == Set(try sandbox.tokens().map(\.id)))
    #expect(
      tokens.filter { $0["is_credential"]?.boolean == true }.compactMap { $0["name"]?.string } == [
        "credential"
      ])
    #expect(
      tokens.first { $0["name"]?.string == "token-1" }?["policies"]?.string == "DNS Write on the account")
    let text = try Self.run(sandbox, []).outputText
    #expect(text.split(separator: "\n").count == 252)
    #expect(text.hasPrefix("NAME "))
    for secret in try sandbox.tokens().map(\.secret) { #expect(!text.contains(secret)) }
  }

  @Test func namesAndAgesChoose() throws {
    let sandbox = try SandboxUnderTest()
    try Self.create("dns-new", in: sandbox)
    let matching = try Self.list(Self.run(sandbox, ["--json", "--match", "token-[12]"]))
    #expect(matching.compactMap { $0["name"]?.string } == ["token-1", "token-2"])
    let old = try Self.list(Self.run(sandbox, ["--json", "--older-than", "89d"]))
    #expect(Set(old.compactMap { $0["name"]?.string }) == ["credential", "token-1", "token-2", "token-3"])
    let new = try Self.list(Self.run(sandbox, ["--json", "--match", "dns*"]))
    #expect(new.first?["policies"]?.string == "DNS Write on all zones")
    #expect(new.first?["last_used_on"]?.kind == .null)
    #expect(
      try Self.run(sandbox, ["--match", "x*"]).outputText.hasPrefix("None of the 5 tokens of account "))
    #expect(try Self.list(Self.run(sandbox, ["--json", "--older-than", "91d"])).isEmpty)
    #expect(try Self.run(sandbox, ["--older-than", "long"]).status == 64)
  }

  @Test func whatItWritesPassesTheCheckAndRolls() throws {
    let sandbox = try SandboxUnderTest()
    let workspace = try Workspace(sandbox)
    let long = String(repeating: "n", count: 100)
    for name in ["dns edge/ß", "dns edge_ß", "dns edge ß", "…", "-x-", long, long + "2"] {
      try Self.create(name, in: sandbox)
    }
    let file = workspace.directory.path("made.json")
    let made = try Self.run(sandbox, ["--write", file, "--directory", workspace.published])
    #expect(made.status == 0, "\(made.errorText)")
    #expect(
      made.errorText.contains("\(file): 10 entries; left out: 1, the credential itself or not in force."))
    let text = String(decoding: try contents(of: file), as: UTF8.self)
    for secret in try sandbox.tokens().map(\.secret) {
      #expect(!text.contains(secret))
      #expect(!(made.outputText + made.errorText).contains(secret))
    }
    var status = stat()
    #expect(stat(file, &status) == 0 && status.st_mode & 0o7777 == 0o644)

    let tokenroll = try TestProcess.product("tokenroll")
    let checked = try TestProcess.run(tokenroll, ["check", "--config", file])
    #expect(checked.status == 0, "\(checked.errorText)")
    #expect(checked.outputText == "\(file): 10 entries, no problems\n")
    let names = try TestProcess.run(tokenroll, ["__entries", "--config", file]).outputText.split(
      separator: "\n")
    #expect(Set(names).count == 10)
    #expect(names.contains("dns-edge") && names.contains("dns-edge-2") && names.contains("token"))
    #expect(names.allSatisfy { $0.utf8.count <= 64 })

    let credential = try sandbox.token("credential").secret
    let rolled = try TestProcess.run(
      "env",
      [
        "STATE_DIRECTORY=\(workspace.state)", "CLOUDFLARE_API_TOKEN=\(credential)", tokenroll, "roll",
        "--once",
        "--config", file, "--all",
      ])
    #expect(rolled.status == 0, "\(rolled.outputText)\(rolled.errorText)")
    #expect(try workspace.publishedText("token-1") == sandbox.token("token-1").secret)
    #expect(try sandbox.token("credential").secret == credential)
  }

  @Test func nothingIsOverwrittenAndNothingUselessWritten() throws {
    let sandbox = try SandboxUnderTest()
    let directory = try TemporaryDirectory()
    let file = try directory.write("config.json", "mine")
    let refused = try Self.run(sandbox, ["--write", file])
    #expect(refused.status == 74)
    #expect(refused.errorText.contains("cannot make \(file): file exists"))
    #expect(String(decoding: try contents(of: file), as: UTF8.self) == "mine")
    let other = directory.path("other.json")
    let none = try Self.run(sandbox, ["--match", "nothing", "--write", other])
    #expect(none.status == 64)
    let relative = try Self.run(sandbox, ["--write", other, "--directory", "here"])
    #expect(relative.status == 64)
    #expect(relative.errorText.contains("correct --directory"))
    #expect(try Self.run(sandbox, ["--directory", "/srv"]).status == 64)
    #expect(access(other, F_OK) != 0)
    // The credential is the only one that is left.
    #expect(try Self.run(sandbox, ["--match", "credential", "--write", other]).status == 64)
  }

  @Test func whatIsRefusedIsExplained() throws {
    let sandbox = try SandboxUnderTest()
    let unknown = try Self.run(sandbox, [], credential: String(repeating: "x", count: 40))
    #expect(unknown.status == 69)
    #expect(unknown.errorText.contains("Account API Tokens Write"))
    let account = try Self.run(sandbox, ["--account", "0123456789abcdef0123456789abcdef"])
    #expect(account.status == 69)
    #expect(try Self.run(sandbox, ["--account", "mine"]).status == 64)
    let tokenroll = try TestProcess.product("tokenroll")
    let none = try TestProcess.run(tokenroll, ["discover", "--config", "/nonexistent/config.json"])
    #expect(none.status == 64)
    #expect(none.errorText.contains("CLOUDFLARE_API_TOKEN"))
    // In the middle of the pages.
    try sandbox.addFault(#"{"kind":"refuse","status":500,"call":"list"}"#)
    #expect(try Self.run(sandbox, []).status == 69)
  }

  @Test func theCredentialOfAConfigurationIsUsed() throws {
    let sandbox = try SandboxUnderTest()
    let workspace = try Workspace(sandbox)
    var configuration = workspace.configuration
    configuration.entries = [workspace.entry("one", try sandbox.token("token-1"))]
    try workspace.write(configuration)
    #expect(try Self.list(workspace.command("discover", "--json")).count == 4)
    #expect(try Self.list(workspace.command("discover", "--json", "--credential", "sandbox")).count == 4)
    let wrong = try workspace.command("discover", "--credential", "sandbax")
    #expect(wrong.status == 64)
    #expect(wrong.errorText.contains("did you mean \"sandbox\"?"))
  }

  @Test func onATerminalNoLineIsWiderThanIt() throws {
    let sandbox = try SandboxUnderTest()
    try Self.create("a token with a long name, and 漢字 in it", in: sandbox)
    let token = try sandbox.token("credential")
    let command =
      "stty cols 80; CLOUDFLARE_API_TOKEN=$(cat) CLOUDFLARE_ACCOUNT_ID=\(token.account) CLOUDFLARE_BASE_URL=\(sandbox.base) "
      + "NO_COLOR=1 exec \(try TestProcess.product("tokenroll")) discover </dev/null"
    let directory = try TemporaryDirectory()
    let secret = try directory.write("secret", token.secret)
    let result = try TestProcess.run(
      "script", ["-qec", command.replacing("$(cat)", with: "$(cat \(secret))"), "/dev/null"])
    #expect(result.status == 0, "\(result.outputText)")
    let lines = result.outputText.split(whereSeparator: \.isNewline)
    #expect(lines.count >= 2 * 6, "\(lines)")
    for line in lines {
      #expect(line.count + line.unicodeScalars.count { $0.value > 0x2E80 } <= 80, "\(line)")
    }
  }
}
