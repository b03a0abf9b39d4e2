import Glibc
import JSON
import TestSupport
import Testing

/// What was published is looked at: what is not as it should be is told once, put right where it can be, and rolled where
/// the configuration wants it.
@Suite struct DriftTests {
  private struct Setting {
    let sandbox: SandboxUnderTest
    let workspace: Workspace
    let token: SandboxUnderTest.Token
    var configuration: ServiceConfiguration

    /// An entry `one` with the destinations `one` and `two`.
    init(_ verify: String = #"{"every": "1s"}"#, schedule: String = ServiceConfiguration.Entry.once) throws {
      sandbox = try SandboxUnderTest()
      workspace = try Workspace(sandbox)
      token = try sandbox.token("token-1")
      configuration = workspace.configuration
      let files = ["one", "two"].map {
        ServiceConfiguration.Destination(file: "\(workspace.published)/\($0)")
      }
      configuration.entries = [workspace.entry("one", token, schedule: schedule, publish: files)]
      configuration.entries[0].verify = verify
    }

    /// Starts the service and waits until it has published `one`.
    func start() throws -> RunningService {
      let service = try workspace.start(configuration)
      try service.event("rollSettled", entry: "one")
      return service
    }

    func file(_ name: String) -> String { "\(workspace.published)/\(name)" }

    func write(_ text: String, to name: String) throws {
      _ = try workspace.directory.write("published/\(name)", text)
    }

    /// Waits until the API has been asked `count` times more what it makes of a secret.
    func passLooks(_ count: Int64 = 3) throws {
      let answered = try sandbox.administer("GET", "/requests?call=verify")["answered"]?.integer ?? 0
      try sandbox.administer("GET", "/wait?call=verify&answered=\(answered + count)&timeout=120")
    }

    /// Rolls the token past the service, as somebody else does.
    @discardableResult func rollBehindItsBack(_ number: Int = 1) throws -> String {
      let secret = "cfat_" + String(repeating: "\(number)", count: 45)
      try change(#"{"secret": "\#(secret)"}"#)
      return secret
    }

    func change(_ json: String) throws { try sandbox.administer("POST", "/tokens/\(token.id)", json) }

    func rolls() throws -> Int64 { try sandbox.rolls(of: token) }

    func status() throws -> JSONNode {
      try JSONDocument(parsing: workspace.command("status", "one", "--json").output).root
    }
  }

  @Test func aSecretThatSomebodyElseReplacedIsToldOnceAndTakenOverOnceItIsPublished() throws {
    let setting = try Setting()
    let service = try setting.start()
    try setting.passLooks()
    #expect(service.events("publishedSecretRefused").isEmpty && service.events("secretAdopted").isEmpty)
    #expect(try setting.status()["healthy"]?.boolean == true)
    #expect(try setting.status()["verified_at"]?.string != nil)

    let secret = try setting.rollBehindItsBack()
    try service.event("publishedSecretRefused", entry: "one")
    try setting.passLooks()
    #expect(service.events("publishedSecretRefused").count == 1)
    let status = try setting.status()
    #expect(status["healthy"]?.boolean == false)
    #expect(status["drift"]?.elements.compactMap(\.string).first?.contains("refuses") == true)
    #expect(try setting.workspace.command("status").outputText.contains("1 drifted"))
    #expect(try setting.workspace.command("metrics").outputText.contains("\ntokenroll_drifted_entries 1\n"))
    #expect(try setting.rolls() == 1)

    for name in ["one", "two"] { try setting.write(secret, to: name) }
    try service.event("secretAdopted", entry: "one")
    try service.event("driftEnded", entry: "one")
    try setting.passLooks()
    #expect(try setting.status()["healthy"]?.boolean == true)
    #expect(service.events("secretAdopted").count == 1)
    #expect(service.events("fileDrifted").allSatisfy { $0.entry == "one" })
    #expect(try service.stop() == 0)
    // The secret counts as one of ours: the next roll does not begin by asking.
    let last = try setting.workspace.restart()
    try last.event("serviceReady")
    try setting.passLooks(1)
    #expect(last.events("secretAdopted").isEmpty)
    #expect(try last.stop() == 0)
  }

  @Test func aFileThatIsGoneOrChangedIsToldUntilARollMendsIt() throws {
    let setting = try Setting()
    let first = try setting.start()
    #expect(unlink(setting.file("two")) == 0)
    try first.event("fileDrifted", entry: "one")
    #expect(try first.stop() == 0)

    // A restart tells nothing again.
    let service = try setting.workspace.restart()
    try setting.passLooks(2)
    #expect(service.events("fileDrifted").isEmpty)
    try setting.write("something else", to: "two")
    #expect(chmod(setting.file("two"), 0o600) == 0)
    try service.event("fileDrifted", entry: "one")
    try service.event("driftEnded", entry: "one")
    #expect(try setting.rolls() == 1)

    #expect(try setting.workspace.command("roll", "one", "--yes").status == 0)
    try service.event("driftEnded", entry: "one", count: 2)
    #expect(try setting.workspace.publishedText("two") == setting.sandbox.token("token-1").secret)
    #expect(try setting.status()["healthy"]?.boolean == true)
    #expect(try service.stop() == 0)
  }

  @Test func wrongRightsArePutRightAtOnce() throws {
    let setting = try Setting()
    let service = try setting.start()
    #expect(chmod(setting.file("two"), 0o644) == 0)
    try service.event("rightsCorrected", entry: "one")
    #expect(try FileStatus(setting.file("two")).mode == 0o600)
    try setting.passLooks(2)
    #expect(service.events("rightsCorrected").count == 1)
    #expect(try setting.status()["healthy"]?.boolean == true)
    #expect(try service.stop() == 0)
  }

  @Test func aDriftIsRolledWhereThatIsWantedAndOnceAPeriodAtMost() throws {
    let setting = try Setting(#"{"every": "1s", "on_drift": "roll"}"#)
    let first = try setting.start()
    try setting.rollBehindItsBack(1)
    try first.event("publishedSecretRefused", entry: "one")
    try first.event("rollSettled", entry: "one", count: 2)
    try first.event("driftEnded", entry: "one")
    #expect(try setting.workspace.publishedText("one") == setting.sandbox.token("token-1").secret)
    let history = try setting.workspace.command("history", "--json")
    let causes = try JSONDocument(parsing: history.output).root.elements.compactMap { $0["cause"]?.string }
    #expect(causes.first == "drift")

    try setting.rollBehindItsBack(2)
    try first.event("publishedSecretRefused", entry: "one", count: 2)
    try setting.passLooks()
    #expect(try first.stop() == 0)
    let service = try setting.workspace.restart()
    try setting.passLooks()
    #expect(try setting.rolls() == 2)
    #expect(try service.stop() == 0)
  }

  @Test func aPauseKeepsDriftFromBeingRolledAndNotFromBeingSeen() throws {
    let setting = try Setting(#"{"every": "1s", "on_drift": "roll"}"#)
    let service = try setting.start()
    #expect(try setting.workspace.command("pause", "one", "--reason", "freeze").status == 0)
    try setting.rollBehindItsBack()
    try service.event("publishedSecretRefused", entry: "one")
    try setting.passLooks()
    #expect(try setting.rolls() == 1)
    #expect(try setting.workspace.command("resume", "one").status == 0)
    try service.event("rollSettled", entry: "one", count: 2)
    try service.event("driftEnded", entry: "one")
    #expect(try service.stop() == 0)
  }

  @Test func whatIsThereBeforeTheFirstRollIsNotJudged() throws {
    var setting = try Setting()
    let other = setting.workspace.entry(
      "new", try setting.sandbox.token("token-2"), schedule: #"{"every": "1y", "jitter": "0s"}"#)
    setting.configuration.entries.append(other)
    setting.configuration.entries[1].verify = #"{"every": "1s", "on_drift": "roll"}"#
    try setting.write("somebody's own", to: "new")
    #expect(chmod(setting.file("new"), 0o640) == 0)
    let service = try setting.start()
    try setting.passLooks()
    #expect(service.events.filter { $0.entry == "new" && $0.kind != "entryPlanned" }.isEmpty)
    #expect(try FileStatus(setting.file("new")).mode == 0o640)
    #expect(try setting.sandbox.rolls(of: setting.sandbox.token("token-2")) == 0)
    #expect(try service.stop() == 0)
  }

  @Test func theEndOfATokenIsToldAheadOfTimeAndOnce() throws {
    let setting = try Setting()
    let service = try setting.start()
    // Before the next roll, in a year.
    let end = #"{"expires_on": "\#(try Self.inThreeMonths())"}"#
    try setting.change(end)
    try service.event("tokenExpiring", entry: "one")
    try setting.passLooks()
    #expect(service.events("tokenExpiring").count == 1)
    #expect(try setting.workspace.command("status").outputText.contains("1 ending"))
    try setting.change(#"{"expires_on": null, "status": "disabled"}"#)
    try service.event("tokenInactive", entry: "one")
    try service.event("driftEnded", entry: "one")
    try setting.change(#"{"status": "active"}"#)
    try service.event("driftEnded", entry: "one", count: 2)
    try setting.passLooks(1)
    #expect(try setting.status()["healthy"]?.boolean == true)
    #expect(try setting.rolls() == 1)
    #expect(try service.stop() == 0)
  }

  @Test func aRollTellsTheEndOfATokenToo() throws {
    let setting = try Setting("{}")
    try setting.change(#"{"expires_on": "\#(try Self.inThreeMonths())"}"#)
    let service = try setting.start()
    #expect(service.events("tokenExpiring", entry: "one").count == 1)
    #expect(try setting.workspace.command("roll", "one", "--yes").status == 0)
    #expect(service.events("tokenExpiring", entry: "one").count == 1)
    #expect(try service.stop() == 0)
  }

  private static func inThreeMonths() throws -> String {
    let result = try TestProcess.run("date", ["-u", "-d", "+90 days", "+%Y-%m-%dT%H:%M:%SZ"])
    return String(result.outputText.prefix { !$0.isNewline })
  }

  // MARK: Rolls and looks

  @Test func noRollIsDroppedAndNothingIsMistakenWhereRollsAndLooksMeet() throws {
    var setting = try Setting(schedule: ServiceConfiguration.Entry.every("1s"))
    for number in 2...3 {
      var entry = setting.workspace.entry(
        "entry-\(number)", try setting.sandbox.token("token-\(number)"),
        schedule: ServiceConfiguration.Entry.every("1s"))
      entry.verify = #"{"every": "1s", "on_drift": "roll"}"#
      setting.configuration.entries.append(entry)
    }
    let service = try setting.workspace.start(setting.configuration)
    for entry in setting.configuration.entries {
      try service.event("rollSettled", entry: entry.name, count: 8, within: 120)
    }
    #expect(try service.stop() == 0)
    for kind in [
      "publishedSecretRefused", "fileDrifted", "secretAdopted", "rightsCorrected", "tokenMismatch",
    ] {
      #expect(service.events(kind).isEmpty, "\(kind)")
    }
    #expect(Set(try setting.workspace.outcomes()) == ["settled"])
  }

  @Test func aRollDoesNotWaitForALookAndWhatTheLookBringsCountsForNothing() throws {
    let setting = try Setting()
    let service = try setting.start()
    // The answer to a look is held back for longer than a roll takes.
    try setting.sandbox.addFault(
      #"{"kind":"refuse","status":401,"code":1000,"call":"verify","delay_before_ms":20000}"#)
    let received = try setting.sandbox.received("verify")
    try setting.sandbox.administer("GET", "/wait?call=verify&received=\(received + 1)&timeout=120")
    #expect(try setting.workspace.command("roll", "one", "--yes").status == 0)
    try setting.passLooks()
    #expect(service.events("publishedSecretRefused").isEmpty)
    #expect(try service.stop() == 0)
    #expect(try setting.workspace.outcomes() == ["settled", "settled"])
  }

  @Test func aHeldUpLookIsRepeated() throws {
    let setting = try Setting()
    let service = try setting.start()
    try setting.sandbox.addFault(#"{"kind":"empty","status":503,"call":"verify","count":2}"#)
    try setting.passLooks(4)
    #expect(service.events("publishedSecretRefused").isEmpty)
    try setting.rollBehindItsBack()
    try service.event("publishedSecretRefused", entry: "one")
    #expect(try service.stop() == 0)
  }
}
