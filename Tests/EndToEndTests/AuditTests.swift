import Glibc
import JSON
import TestSupport
import Testing

/// `tokenroll audit` compares the schedule with the accounts.
@Suite struct AuditTests {
  private let sandbox: SandboxUnderTest
  private let workspace: Workspace

  init() throws {
    sandbox = try SandboxUnderTest()
    workspace = try Workspace(sandbox)
    try configure()
  }

  /// An entry for each of the three tokens.
  private func configure(_ change: (inout ServiceConfiguration) -> Void = { _ in }) throws {
    var configuration = workspace.configuration
    configuration.entries = try ["1", "2", "3"].map {
      workspace.entry(
        "entry-\($0)", try sandbox.token("token-\($0)"), schedule: ServiceConfiguration.Entry.later)
    }
    change(&configuration)
    try workspace.write(configuration)
  }

  private func audit(_ options: String...) throws -> Diagnosis {
    try Diagnosis(workspace, options, command: "audit")
  }

  @Test func allIsWellWhereScheduleAndAccountAgree() throws {
    let audit = try audit("--unused-for", "1y")
    #expect(audit.status == 0, "\(audit.findings)")
    #expect(audit.lines("entry-1") == ["ok its token \"token-1\" is active"])
    let account = try sandbox.token("credential").account
    #expect(audit.lines("account \(account)") == ["ok it has 4 tokens"])
    let own = try sandbox.token("credential").id
    #expect(audit.lines("token \(own)").first?.contains("is the credential sandbox") == true)
    let text = try workspace.command("audit", "--unused-for", "1y")
    #expect(text.status == 0)
    #expect(text.outputText.hasSuffix("All is well.\n"))
    for secret in try sandbox.tokens().map(\.secret) { #expect(!text.outputText.contains(secret)) }
  }

  @Test func whatWasNotUsedForLongIsTold() throws {
    let audit = try audit()
    #expect(audit.status == 1)
    #expect(
      audit.lines("entry-1") == ["warn its token \"token-1\" was never used since it was made 90 d ago"]
        || audit.lines("entry-1").first?.contains("was never used since it was made") == true)
    let token = try sandbox.token("token-1")
    #expect(try sandbox.verify(token).status == 200)
    #expect(try self.audit("--unused-for", "1d").lines("entry-1") == ["ok its token \"token-1\" is active"])
  }

  /// The configuration goes on naming the token that was replaced.
  @Test func anEntryIsAboutTheTokenInForce() throws {
    try configure { configuration in
      configuration.entries[0].schedule = ServiceConfiguration.Entry.once
      configuration.entries[0].grace = "0s"
    }
    let service = try workspace.restart()
    let old = try sandbox.token("token-1")
    try service.event("tokenDeleted")
    let new = try sandbox.one(old, service)
    #expect(try service.stop() == 0)
    #expect(new.id != old.id)
    let audit = try audit("--unused-for", "1y")
    #expect(audit.status == 0, "\(audit.findings)")
    #expect(audit.lines("entry-1") == ["ok its token \"\(new.name)\" is active"])
  }

  @Test func whatNobodyRollsIsTold() throws {
    try configure { $0.entries.removeLast() }
    let audit = try audit("--unused-for", "1y")
    #expect(audit.status == 1)
    let found = try #require(audit.found("warn").first)
    #expect(audit.findings.filter { $0.verdict != "ok" }.count == 1)
    #expect(found.subject == "token \(try sandbox.token("token-3").id)")
    #expect(found.text.hasPrefix("nobody rolls \"token-3\", active, unchanged for 90 d"))
    #expect(found.cure.contains("tokenroll discover"))
  }

  @Test func tokensThatAreGoneOrNotInForceAreTold() throws {
    let (one, two, three) = (
      try sandbox.token("token-1"), try sandbox.token("token-2"), try sandbox.token("token-3")
    )
    let credential = try sandbox.token("credential")
    let deleted = try sandbox.send(
      "DELETE", "/accounts/\(one.account)/tokens/\(one.id)", bearer: credential.secret)
    #expect(deleted.status == 200)
    try sandbox.administer("POST", "/tokens/\(two.id)", #"{"status": "disabled"}"#)
    try sandbox.administer("POST", "/tokens/\(three.id)", #"{"expires_on": "2020-01-01T00:00:00Z"}"#)
    let audit = try audit("--unused-for", "1y")
    #expect(audit.status == 1)
    #expect(audit.found("fail").map(\.subject) == ["entry-1", "entry-2", "entry-3"])
    #expect(audit.lines("entry-1").first?.contains("is gone") == true)
    #expect(audit.lines("entry-2") == ["fail its token \"token-2\" is disabled"])
    #expect(audit.lines("entry-3") == ["fail its token \"token-3\" is expired"])
    #expect(audit.found("fail").allSatisfy { !$0.cure.isEmpty })
  }

  @Test func aTokenThatEndsBeforeItsNextRollIsTold() throws {
    let token = try sandbox.token("token-1")
    let clock = time(nil)
    func end(days: Int) throws {
      var time = clock + days * 86_400
      var parts = tm()
      gmtime_r(&time, &parts)
      var text = [CChar](repeating: 0, count: 32)
      strftime(&text, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
      try sandbox.administer(
        "POST", "/tokens/\(token.id)",
        "{\"expires_on\": \"\(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))\"}"
      )
    }
    try end(days: 100)
    let before = try audit("--unused-for", "1y")
    #expect(before.found("fail").map(\.subject) == ["entry-1"])
    #expect(before.lines("entry-1").first?.contains("before its next roll") == true)
    try configure { $0.entries[0].schedule = #"{"every": "10d", "jitter": "0s"}"# }
    #expect(try audit("--unused-for", "1y").status == 0)
    try end(days: 20)
    let soon = try audit("--unused-for", "1y")
    #expect(soon.status == 1)
    #expect(soon.found("warn").map(\.subject) == ["entry-1"])
    #expect(soon.found("fail").isEmpty)
  }

  @Test func aTokenThatMayRollOthersIsTold() throws {
    let owner = try sandbox.token("credential")
    let policy = """
      {"effect": "allow", "permission_groups": [{"id": "5bc3f8b21c554832afc660159ab75fa4"}],
       "resources": {"com.cloudflare.api.account.\(owner.account)": "*"}}
      """
    let reply = try sandbox.send(
      "POST", "/accounts/\(owner.account)/tokens", bearer: owner.secret,
      body: "{\"name\": \"mighty\", \"policies\": [\(policy)]}")
    #expect(reply.status == 200)
    let mighty = try sandbox.token("mighty")
    let found = try audit("--unused-for", "1y")
    #expect(found.lines("token \(mighty.id)").first?.contains("may roll and make tokens") == true)
    try configure {
      $0.entries.append(workspace.entry("mighty", mighty, schedule: ServiceConfiguration.Entry.later))
    }
    let rolled = try audit("--unused-for", "1y")
    #expect(rolled.status == 1)
    #expect(rolled.found("warn").map(\.subject) == ["mighty"])
    #expect(rolled.lines("mighty").first?.contains("may roll and make tokens") == true)
  }

  @Test func bothTokensOfAPairCountAsRolled() throws {
    try configure { configuration in
      configuration.entries.remove(at: 1)
    }
    #expect(try audit("--unused-for", "1y").found("warn").count == 1)
    try configure { configuration in
      let other = configuration.entries.remove(at: 1).token
      configuration.entries[0].twin = other
    }
    let audit = try audit("--unused-for", "1y")
    #expect(audit.status == 0, "\(audit.findings)")
    #expect(
      audit.lines("entry-1") == ["ok its token \"token-1\" is active", "ok its token \"token-2\" is active"])
  }

  @Test func aCredentialThatIsRefusedIsOneFinding() throws {
    _ = try workspace.directory.write("credential", String(repeating: "x", count: 40))
    let refused = try audit()
    #expect(refused.status == 1)
    #expect(refused.findings.count == 1)
    #expect(refused.findings.first?.text.contains("cannot be listed with credential sandbox") == true)
    unlink(workspace.directory.path("credential"))
    let missing = try audit()
    #expect(missing.status == 1)
    #expect(missing.findings.map(\.subject) == ["credential sandbox"])
    _ = try workspace.directory.write("config.json", "{}")
    #expect(try workspace.command("audit").status == 78)
  }
}
