import Glibc
import JSON
import Testing

/// What becomes of a secret that was published: it is asked for as configured, and a refused one holds its entry.
@Suite struct VerificationTests {
  private static let often = ServiceConfiguration.Entry.every("1s")

  private struct Setting {
    let sandbox: SandboxUnderTest
    let workspace: Workspace
    let token: SandboxUnderTest.Token
    var configuration: ServiceConfiguration

    init(verify: String = "{}", schedule: String = often) throws {
      sandbox = try SandboxUnderTest()
      workspace = try Workspace(sandbox)
      token = try sandbox.token("token-1")
      configuration = workspace.configuration
      configuration.entries = [workspace.entry("one", token, schedule: schedule)]
      configuration.entries[0].verify = verify
    }

    /// Has the API refuse the secrets of the token, `count` times.
    func refuseSecrets(_ count: String = "\"forever\"") throws {
      try sandbox.addFault(
        #"{"kind":"refuse","status":401,"code":1000,"call":"verify","token":"\#(token.id)","count":\#(count)}"#
      )
    }

    func entryStatus() throws -> JSONNode {
      try JSONDocument(parsing: workspace.command("status", "one", "--json").output).root
    }

    func requests(_ call: String) throws -> Int {
      try sandbox.administer("GET", "/requests?call=\(call)&token=\(token.id)")["requests"]?.elements
        .reduce(0) { count, _ in count + 1 } ?? 0
    }
  }

  /// A service whose entry `one` is held; `beside` is rolled every second, so that time is seen to pass.
  private func held() throws -> (Setting, RunningService) {
    var setting = try Setting()
    try setting.refuseSecrets()
    setting.configuration.entries.append(
      setting.workspace.entry("beside", try setting.sandbox.token("token-2"), schedule: Self.often))
    let service = try setting.workspace.start(setting.configuration)
    try service.event("secretRefused", entry: "one")
    try service.event("rollSettled", entry: "one")
    return (setting, service)
  }

  /// Waits until `beside` was rolled `count` times more: `one` was due as often.
  private func passPeriods(_ count: Int, _ service: RunningService) throws {
    let before = service.events("rollSettled", entry: "beside").count
    try service.event("rollSettled", entry: "beside", count: before + count)
  }

  @Test func anEntryWhoseSecretIsRefusedIsHeldUntilAnOperatorRollsIt() throws {
    let (setting, first) = try held()
    try passPeriods(3, first)
    #expect(try setting.sandbox.rolls(of: setting.token) == 1)
    let status = try setting.entryStatus()
    #expect(status["state"]?.string == "held")
    #expect(status["healthy"]?.boolean == false)
    #expect(status["hold"]?.string?.contains("tokenroll roll one") == true)
    #expect(status["next_due"]?.string == nil)
    #expect(try setting.workspace.command("status").outputText.contains("1 held"))
    #expect(try first.stop() == 0)

    let arguments = ["--config", setting.workspace.configurationFile]
    let plan = try TestProcess.run(TestProcess.product("tokenroll"), ["plan", "--until", "1min"] + arguments)
    #expect(plan.outputText.contains("Not planned: one, held"), "\(plan.outputText)\(plan.errorText)")
    let doctor = try TestProcess.run(TestProcess.product("tokenroll"), ["doctor", "--offline"] + arguments)
    #expect(doctor.outputText.contains("tokenroll roll one"), "\(doctor.outputText)")

    // A restart neither rolls it nor forgets it.
    let service = try setting.workspace.restart()
    try service.event("rollingHeld", entry: "one")
    try passPeriods(3, service)
    #expect(try setting.sandbox.rolls(of: setting.token) == 1)

    try setting.sandbox.administer("DELETE", "/faults")
    #expect(try setting.workspace.command("roll", "one", "--yes").status == 0)
    try service.event("holdLifted", entry: "one")
    // Its schedule goes on.
    try service.event("rollSettled", entry: "one", count: 3)
    #expect(try service.stop() == 0)
    let last = try setting.workspace.restart()
    try last.event("serviceReady")
    #expect(last.events("rollingHeld").isEmpty)
    #expect(try last.stop() == 0)
  }

  @Test func anOperatorGivesAHeldEntryBackToItsSchedule() throws {
    let (setting, service) = try held()
    try setting.sandbox.administer("DELETE", "/faults")
    // Not by a word about whatever waits.
    #expect(try setting.workspace.command("retry").status == 1)
    #expect(try setting.entryStatus()["state"]?.string == "held")
    #expect(try setting.workspace.command("retry", "one").outputText == "one: rolled by its schedule again\n")
    try service.event("holdLifted", entry: "one")
    try service.event("rollSettled", entry: "one", count: 3)
    #expect(try service.stop() == 0)
  }

  @Test func aSecretThatIsAcceptedWithinTheTimeoutIsInForce() throws {
    let setting = try Setting(verify: #"{"timeout": "1h"}"#, schedule: ServiceConfiguration.Entry.once)
    try setting.refuseSecrets("3")
    let service = try setting.workspace.start(setting.configuration)
    try service.event("rollSettled", entry: "one")
    #expect(service.events("secretRefused").isEmpty)
    #expect(try setting.requests("verify") == 4)
    #expect(try service.stop() == 0)
    #expect(try setting.workspace.outcomes() == ["settled"])
  }

  @Test func aSecretIsNotAskedForWhereThatIsSwitchedOff() throws {
    let setting = try Setting(verify: #"{"after_roll": false}"#, schedule: ServiceConfiguration.Entry.once)
    try setting.refuseSecrets()
    let service = try setting.workspace.start(setting.configuration)
    try service.event("rollSettled", entry: "one")
    #expect(try setting.requests("verify") == 0)
    #expect(service.events("verificationUnknown").isEmpty && service.events("secretRefused").isEmpty)
    #expect(try setting.entryStatus()["healthy"]?.boolean == true)
    #expect(try service.stop() == 0)
    #expect(try setting.workspace.outcomes() == ["unverified"])
    #expect(try setting.workspace.publishedText("one") == setting.sandbox.token("token-1").secret)
  }
}
