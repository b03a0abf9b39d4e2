import Glibc
import JSON
import TestSupport
import Testing

/// Alternating pairs: the token that consumers do not hold is rolled, proved, and only then published.
@Suite struct PairTests {
  /// A pair of the sandbox's first two tokens, and its consumers' file.
  private struct Pair {
    let sandbox: SandboxUnderTest
    let workspace: Workspace
    let tokens: [SandboxUnderTest.Token]
    var configuration: ServiceConfiguration

    init(_ schedule: String = ServiceConfiguration.Entry.once, holding content: String? = nil) throws {
      sandbox = try SandboxUnderTest()
      workspace = try Workspace(sandbox)
      let sandbox = sandbox
      tokens = try (1...3).map { try sandbox.token("token-\($0)") }
      configuration = workspace.configuration
      configuration.entries = [workspace.entry("pair", tokens[0], schedule: schedule)]
      configuration.entries[0].twin = tokens[1].id
      if let content { try hold(content) }
    }

    func hold(_ content: String) throws { _ = try workspace.directory.write("published/pair", content) }

    func rolls() throws -> [Int64] { try tokens.prefix(2).map { try sandbox.rolls(of: $0) } }

    func secret(_ index: Int) throws -> String { try sandbox.token(tokens[index].name).secret }

    /// The identifiers of the tokens whose rolls ended so, the oldest first.
    func history(_ outcome: String) throws -> [String] {
      let result = try workspace.command("history", "--json", "--limit", "100000")
      return try JSONDocument(parsing: result.output).root.elements
        .filter { $0["outcome"]?.string == outcome }.compactMap { $0["token_id"]?.string }.reversed()
    }

    var published: String? { workspace.publishedText("pair") }

    /// Whether the secret that consumers hold is in force.
    func isAccepted() throws -> Bool {
      let secret = try #require(published)
      return try sandbox.send("GET", "/accounts/\(tokens[0].account)/tokens/verify", bearer: secret).status
        == 200
    }
  }

  @Test(arguments: [0, 1]) func theTokenThatConsumersHoldIsLeftAlone(held: Int) throws {
    var pair = try Pair(ServiceConfiguration.Entry.later)
    try pair.hold(pair.tokens[held].secret)
    let service = try pair.workspace.start(pair.configuration)
    try service.event("serviceReady")
    #expect(try pair.workspace.command("roll", "pair", "--yes").status == 0)
    #expect(try pair.rolls() == (held == 0 ? [0, 1] : [1, 0]))
    #expect(try pair.published == pair.secret(1 - held))
    #expect(try pair.sandbox.verify(pair.tokens[held]).status == 200)
    #expect(service.events("pairUnequal").isEmpty)
    #expect(try pair.history("settled") == [pair.tokens[1 - held].id])

    let status = try pair.workspace.command("status", "pair", "--json")
    let entry = try JSONDocument(parsing: status.output).root
    #expect(entry["token_id"]?.string == pair.tokens[1 - held].id)
    #expect(entry["standby_token_id"]?.string == pair.tokens[held].id)
    #expect(try pair.workspace.command("status", "pair").outputText.contains("standby token"))

    // The other order of the two is the same pair.
    (pair.configuration.entries[0].token, pair.configuration.entries[0].twin) = (
      pair.tokens[1].id, pair.tokens[0].id
    )
    try pair.workspace.write(pair.configuration)
    service.signal(SIGHUP)
    try service.event("configurationReloaded")
    #expect(try pair.workspace.command("roll", "pair", "--yes").status == 0)
    #expect(try pair.rolls() == [1, 1])
    #expect(try pair.published == pair.secret(held))
    #expect(try service.stop() == 0)
    #expect(pair.workspace.escrowed.isEmpty && pair.workspace.temporaries.isEmpty)
  }

  @Test func whereNothingIsPublishedEitherIsRolled() throws {
    let pair = try Pair()
    let service = try pair.workspace.start(pair.configuration)
    try service.event("rollSettled")
    #expect(try service.stop() == 0)
    #expect(try pair.rolls().reduce(0, +) == 1)
    #expect(try pair.isAccepted())
  }

  @Test func theTwoAreRolledByTurnsAcrossCrashes() throws {
    let pair = try Pair(ServiceConfiguration.Entry.every("1s"))
    try pair.hold(pair.tokens[0].secret)
    var service = try pair.workspace.start(pair.configuration)
    for _ in 0..<3 {
      try service.event("rollSettled", count: 2)
      try service.crash()
      #expect(try pair.isAccepted())
      service = try pair.workspace.restart()
    }
    try service.event("rollSettled", count: 2)
    #expect(try service.stop() == 0)
    #expect(try pair.isAccepted())
    let settled = try pair.history("settled")
    #expect(settled.count >= 8 && settled.first == pair.tokens[1].id)
    for (one, next) in zip(settled, settled.dropFirst()) { #expect(one != next) }
  }

  @Test func aLostAnswerHarmsNobody() throws {
    let pair = try Pair()
    try pair.hold(pair.tokens[0].secret)
    try pair.sandbox.addFault(#"{"kind":"close","call":"roll","commit":"yes"}"#)
    let service = try pair.workspace.start(pair.configuration)
    try service.event("standbySecretLost")
    try service.event("rollSettled")
    #expect(try service.stop() == 0)
    #expect(service.events("rollHappenedSecretLost").isEmpty)
    #expect(service.events("standbySecretLost").first?.priority == 4)
    #expect(try pair.rolls() == [0, 2])
    #expect(try pair.workspace.outcomes() == ["lost", "settled"])
    #expect(try pair.published == pair.secret(1))
    #expect(try pair.sandbox.verify(pair.tokens[0]).status == 200)
  }

  @Test(arguments: ["refused", "disabled"]) func aSecretThatIsNotInForceIsWithheld(reason: String) throws {
    let pair = try Pair()
    try pair.hold(pair.tokens[0].secret)
    let standby = pair.tokens[1].id
    if reason == "disabled" {
      try pair.sandbox.administer("POST", "/tokens/\(standby)", #"{"status": "disabled"}"#)
    } else {
      try pair.sandbox.addFault(
        #"{"kind":"refuse","status":401,"code":1000,"call":"verify","token":"\#(standby)","count":"forever"}"#
      )
    }
    let service = try pair.workspace.start(pair.configuration)
    #expect(try service.event("secretWithheld").priority == 2)
    try service.event("rollSettled")
    #expect(service.events("secretPublished").isEmpty)
    #expect(try service.stop() == 0)
    #expect(pair.published == pair.tokens[0].secret)
    #expect(try pair.isAccepted())
    #expect(pair.workspace.escrowed.isEmpty)
    #expect(try pair.workspace.outcomes() == ["withheld"])

    let next = try pair.workspace.restart()
    try next.event("serviceReady")
    #expect(try pair.workspace.command("status", "pair").status == 1)
    #expect(try pair.rolls() == [0, 1])
    if reason == "disabled" {
      try pair.sandbox.administer("POST", "/tokens/\(standby)", #"{"status": "active"}"#)
    } else {
      try pair.sandbox.administer("DELETE", "/faults")
    }
    #expect(try pair.workspace.command("roll", "pair", "--yes").status == 0)
    #expect(try next.stop() == 0)
    #expect(try pair.rolls() == [0, 2])
    #expect(try pair.published == pair.secret(1))
  }

  @Test func aSecretThatNobodyCanJudgeIsNotPublished() throws {
    let pair = try Pair()
    try pair.hold(pair.tokens[0].secret)
    let standby = pair.tokens[1].id
    try pair.sandbox.addFault(
      #"{"kind":"refuse","status":503,"call":"verify","token":"\#(standby)","count":"forever"}"#)
    let service = try pair.workspace.start(pair.configuration)
    try pair.sandbox.administer("GET", "/wait?answered=2&call=verify&token=\(standby)")
    #expect(pair.published == pair.tokens[0].secret)
    // A restart goes on with the question.
    try service.crash()
    let next = try pair.workspace.restart()
    try pair.sandbox.administer("GET", "/wait?answered=4&call=verify&token=\(standby)")
    #expect(pair.published == pair.tokens[0].secret)
    try pair.sandbox.administer("DELETE", "/faults")
    try next.event("rollSettled")
    #expect(try next.stop() == 0)
    #expect(try pair.rolls() == [0, 1])
    #expect(try pair.published == pair.secret(1))
  }

  @Test func aDifferenceBetweenTheTwoIsAWarning() throws {
    let pair = try Pair()
    try pair.hold(pair.tokens[0].secret)
    try pair.sandbox.administer(
      "POST", "/tokens/\(pair.tokens[1].id)", #"{"expires_on": "2099-01-01T00:00:00Z"}"#)
    let service = try pair.workspace.start(pair.configuration)
    let warning = try service.event("pairUnequal")
    #expect(warning.priority == 4)
    #expect(warning.message.contains("expires_on none, 2099-01-01T00:00:00Z"), "\(warning.message)")
    try service.event("rollSettled")
    #expect(try service.stop() == 0)
    #expect(try pair.rolls() == [0, 1])
    let probe = try pair.workspace.command("check", "--probe")
    #expect(
      probe.outputText.contains("the two tokens of the pair are not equal: expires_on"), "\(probe.outputText)"
    )
    #expect(probe.outputText.contains("the next roll is of \(pair.tokens[0].id)"), "\(probe.outputText)")
  }

  @Test func nothingIsRolledWhereConsumersHoldAThirdToken() throws {
    let pair = try Pair()
    try pair.hold(pair.tokens[2].secret)
    let service = try pair.workspace.start(pair.configuration)
    try service.event("tokenMismatch")
    #expect(try service.stop() == 0)
    #expect(try pair.rolls() == [0, 0])
  }

  @Test func consumersOfADeadSecretGetANewOne() throws {
    let pair = try Pair()
    try pair.hold(pair.tokens[0].secret)
    // Somebody else rolls the token, and the secret goes nowhere.
    let other = try pair.sandbox.token("credential")
    #expect(try pair.sandbox.roll(pair.tokens[0], as: other).status == 200)
    let service = try pair.workspace.start(pair.configuration)
    try service.event("rollSettled")
    #expect(try service.stop() == 0)
    #expect(try pair.rolls().reduce(0, +) == 2)
    #expect(try pair.isAccepted())
  }

  @Test func nothingIsRolledWhileItIsNotKnownWhichConsumersHold() throws {
    let pair = try Pair()
    try pair.hold(pair.tokens[1].secret)
    try pair.sandbox.addFault(
      #"{"kind":"refuse","status":503,"call":"verify","token":"\#(pair.tokens[1].id)","count":"forever"}"#)
    let service = try pair.workspace.start(pair.configuration)
    try service.event("rollRefused", count: 2)
    #expect(try pair.rolls() == [0, 0])
    try pair.sandbox.administer("DELETE", "/faults")
    try service.event("rollSettled")
    #expect(try service.stop() == 0)
    #expect(try pair.rolls() == [1, 0])
  }

  @Test func aFileWithoutTheSecretTellsByTheTokensIdentifier() throws {
    var pair = try Pair(ServiceConfiguration.Entry.later)
    pair.configuration.entries[0].publish = [
      .init(file: "\(pair.workspace.published)/pair", format: "r2-env")
    ]
    try pair.hold("AWS_ACCESS_KEY_ID=nobody\nAWS_SECRET_ACCESS_KEY=x\n")
    let service = try pair.workspace.start(pair.configuration)
    try service.event("serviceReady")
    #expect(try pair.workspace.command("roll", "pair", "--yes").status == 1)
    #expect(try service.event("rollNotReady").message.contains("which token of the pair consumers hold"))
    #expect(try pair.rolls() == [0, 0])

    try pair.hold("AWS_ACCESS_KEY_ID=\(pair.tokens[1].id)\nAWS_SECRET_ACCESS_KEY=x\n")
    try service.event("rollSettled")
    #expect(try pair.rolls() == [1, 0])
    // From then on the store knows.
    for rolls in [[1, 1], [2, 1]] as [[Int64]] {
      #expect(try pair.workspace.command("roll", "pair", "--yes").status == 0)
      #expect(try pair.rolls() == rolls)
    }
    #expect(try service.stop() == 0)
  }

  @Test func anEntryBecomesAPairAndASingleTokenAgain() throws {
    var pair = try Pair(ServiceConfiguration.Entry.later)
    let (first, second) = (pair.tokens[0], pair.tokens[1])
    pair.configuration.entries[0].twin = nil
    let service = try pair.workspace.start(pair.configuration)
    try service.event("serviceReady")
    func reload(_ count: Int) throws {
      try pair.workspace.write(pair.configuration)
      service.signal(SIGHUP)
      try service.event("configurationReloaded", count: count)
      #expect(try pair.workspace.command("roll", "pair", "--yes").status == 0)
      #expect(try pair.isAccepted())
    }
    #expect(try pair.workspace.command("roll", "pair", "--yes").status == 0)
    #expect(try pair.rolls() == [1, 0])
    pair.configuration.entries[0].twin = second.id
    try reload(1)
    #expect(try pair.rolls() == [1, 1])
    (pair.configuration.entries[0].token, pair.configuration.entries[0].twin) = (second.id, nil)
    try reload(2)
    #expect(try pair.rolls() == [1, 2])
    (pair.configuration.entries[0].token, pair.configuration.entries[0].twin) = (first.id, second.id)
    try reload(3)
    #expect(try pair.rolls() == [2, 2])
    #expect(try service.stop() == 0)
    #expect(service.events("rollHappenedSecretLost").isEmpty)
  }

  @Test func aRollInHandGoesOnWhenItsEntryBecomesAPair() throws {
    var pair = try Pair()
    pair.configuration.entries[0].twin = nil
    try pair.hold(pair.tokens[0].secret)
    try pair.sandbox.addFault(#"{"kind":"delay","delay_after_ms":1500,"call":"roll"}"#)
    let service = try pair.workspace.start(pair.configuration)
    try pair.sandbox.administer("GET", "/wait?rolls=1")
    pair.configuration.entries[0].twin = pair.tokens[1].id
    try pair.workspace.write(pair.configuration)
    service.signal(SIGHUP)
    try service.event("configurationReloaded")
    try service.event("rollSettled")
    #expect(try pair.published == pair.secret(0))
    #expect(try pair.workspace.command("roll", "pair", "--yes").status == 0)
    #expect(try pair.rolls() == [1, 1])
    #expect(try service.stop() == 0)
  }

  @Test func ofTwoEntriesThatBecomeAPairThatWithARollInHandGoesOn() throws {
    var pair = try Pair(ServiceConfiguration.Entry.later)
    let whole = pair.configuration.entries
    pair.configuration.entries = [
      pair.workspace.entry("idle", pair.tokens[0], schedule: ServiceConfiguration.Entry.later),
      pair.workspace.entry("busy", pair.tokens[1]),
    ]
    try pair.sandbox.addFault(#"{"kind":"delay","delay_after_ms":1500,"call":"roll"}"#)
    let service = try pair.workspace.start(pair.configuration)
    try pair.sandbox.administer("GET", "/wait?rolls=1")
    pair.configuration.entries = whole
    try pair.workspace.write(pair.configuration)
    service.signal(SIGHUP)
    try service.event("configurationReloaded")
    try service.event("rollSettled", entry: "pair")
    #expect(try pair.published == pair.secret(1))
    #expect(try pair.workspace.command("roll", "pair", "--yes").status == 0)
    #expect(try pair.rolls() == [1, 1])
    #expect(try service.stop() == 0)
  }
}
