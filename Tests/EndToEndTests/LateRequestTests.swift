import JSON
import Testing

/// A request that takes effect after it was found that nothing happened: its consumers are down, and nobody else notices.
@Suite struct LateRequestTests {
  private struct Setting {
    let sandbox: SandboxUnderTest
    let workspace: Workspace
    let token: SandboxUnderTest.Token
    var configuration: ServiceConfiguration

    init(schedule: String = ServiceConfiguration.Entry.once) throws {
      sandbox = try SandboxUnderTest()
      workspace = try Workspace(sandbox)
      token = try sandbox.token("token-1")
      configuration = workspace.configuration
      // A doubt of 40 seconds.
      configuration.api["settle_time"] = "\"2s\""
      configuration.entries = [workspace.entry("one", token, schedule: schedule)]
    }

    /// Has the next roll be answered by nothing, and take effect after so long a time, or never.
    func loseAnswer(commitAfter milliseconds: Int?) throws {
      let commitment = milliseconds.map { #","commit_after_ms":\#($0)"# } ?? #","commit":"no""#
      try sandbox.addFault(#"{"kind":"reset","call":"roll"\#(commitment)}"#)
    }

    func refuseRolls() throws {
      try sandbox.addFault(#"{"kind":"refuse","status":403,"call":"roll","count":"forever"}"#)
    }
  }

  @Test func aLateRequestIsCuredWhereNoOtherRollFollows() throws {
    let setting = try Setting()
    let service = try setting.workspace.start(setting.configuration)
    try service.event("rollSettled", entry: "one")
    try setting.loseAnswer(commitAfter: 15_000)
    // What follows is refused, so that no roll of its own finds the loss.
    try setting.refuseRolls()
    #expect(try setting.workspace.command("roll", "one", "--yes").status == 1)
    try service.event("rollDidNotHappen", entry: "one")
    try service.event("rollHappenedSecretLost", entry: "one", within: 120)
    try setting.sandbox.administer("DELETE", "/faults")
    try service.event("rollSettled", entry: "one", count: 2, within: 120)
    #expect(try setting.workspace.publishedText("one") == setting.sandbox.token("token-1").secret)
    #expect(try service.stop() == 0)
  }

  @Test func aRequestThatNeverTakesEffectIsAskedForWithinTheDoubtAndNothingIsRolledForIt() throws {
    let setting = try Setting()
    let service = try setting.workspace.start(setting.configuration)
    try service.event("rollSettled", entry: "one")
    try setting.loseAnswer(commitAfter: nil)
    try setting.refuseRolls()
    #expect(try setting.workspace.command("roll", "one", "--yes").status == 1)
    try service.event("rollDidNotHappen", entry: "one")
    #expect(try setting.workspace.command("pause", "one", "--reason", "test").status == 0)
    // A question every five seconds, until the doubt is over.
    let answered = try setting.sandbox.administer("GET", "/requests?call=verify")["answered"]?.integer ?? 0
    try setting.sandbox.administer("GET", "/wait?call=verify&answered=\(answered + 1)&timeout=120")
    #expect(service.events("rollHappenedSecretLost").isEmpty)
    #expect(try setting.sandbox.rolls(of: setting.token) == 1)
    #expect(try service.stop() == 0)
  }

  @Test func aRollThatIsDueIsMadeHoweverManyDoubtsThereAre() throws {
    var setting = try Setting(schedule: ServiceConfiguration.Entry.every("3s"))
    setting.configuration.api["settle_time"] = "\"200ms\""
    for _ in 1...2 { try setting.loseAnswer(commitAfter: nil) }
    let service = try setting.workspace.start(setting.configuration)
    try service.event("rollDidNotHappen", entry: "one", count: 2, within: 120)
    try service.event("rollSettled", entry: "one", count: 3, within: 300)
    #expect(setting.workspace.publishedText("one") != nil)
    #expect(service.events("rollHappenedSecretLost").isEmpty)
    #expect(try service.stop() == 0)
  }
}
