import Glibc
import JSON
import TestSupport
import Testing

/// The commands that talk to the running service.
@Suite struct ControlCommandTests {
  /// Never due, and always in a window in which nothing is rolled by itself.
  private static let quiet = #"{"every": "1y", "jitter": "0s", "not_during": ["00..11:*:*", "12..23:*:*"]}"#

  private func begin(_ schedule: String = ServiceConfiguration.Entry.later) throws -> (
    SandboxUnderTest, Workspace, RunningService
  ) {
    let sandbox = try SandboxUnderTest()
    let workspace = try Workspace(sandbox)
    var configuration = workspace.configuration
    configuration.entries = [
      workspace.entry("one", try sandbox.token("token-1"), schedule: schedule),
      workspace.entry("two", try sandbox.token("token-2"), schedule: schedule),
    ]
    let service = try workspace.start(configuration)
    try service.event("serviceReady")
    return (sandbox, workspace, service)
  }

  @Test func theStatusHasAnExitStatusForEachState() throws {
    let (sandbox, workspace, service) = try begin()
    let good = try workspace.command("status")
    #expect(good.status == 0)
    #expect(good.outputText.contains("2 entries"))
    #expect(good.outputText.contains("one    waiting"))
    #expect(!good.outputText.contains("\u{1B}"))
    #expect(try workspace.command("status", "on").status == 64)

    try sandbox.addFault(#"{"kind":"refuse","status":403,"call":"roll","count":"forever"}"#)
    #expect(try workspace.command("roll", "one", "--yes").status == 1)
    let bad = try workspace.command("status", "--json")
    #expect(bad.status == 1)
    let root = try JSONDocument(parsing: bad.output).root
    #expect(root["counts"]?["failing"]?.integer == 1)
    let entries = try #require(root["entries"]).elements.map { $0 }
    #expect(entries.compactMap { $0["state"]?.string } == ["failed", "waiting"])
    #expect(entries[0]["trouble"]?.string?.contains("403") == true)
    #expect(entries[0]["next_attempt"]?.string != nil)
    #expect(try workspace.command("status", "one").status == 1)
    #expect(try workspace.command("status", "two").status == 0)

    // What waits for another attempt makes it when it is told to.
    try sandbox.administer("DELETE", "/faults")
    #expect(try workspace.command("retry", "one").outputText == "one: the next attempt is made now\n")
    try service.event("rollSettled", entry: "one")
    #expect(try workspace.command("retry").status == 1)
    #expect(try service.stop() == 0)
    #expect(try workspace.command("status").status == 3)
    #expect(try workspace.command("reload").status == 69)
    #expect(access(workspace.control, F_OK) != 0)
  }

  @Test(arguments: [ServiceConfiguration.Entry.later, quiet]) func anOperatorsRollIsMadeAtOnce(
    _ schedule: String
  ) throws {
    let (sandbox, workspace, service) = try begin(schedule)
    let result = try workspace.command("roll", "one", "--yes")
    #expect(result.status == 0, "\(result.errorText)")
    let lines = result.outputText.split(separator: "\n")
    #expect(lines.first == "one: preflight")
    #expect(lines.last == "one: rolled, published and verified")
    #expect(lines.allSatisfy { $0.hasPrefix("one: ") })
    #expect(try workspace.publishedText("one") == sandbox.token("token-1").secret)
    #expect(try sandbox.rolls(of: sandbox.token("token-1")) == 1)
    #expect(try sandbox.rolls(of: sandbox.token("token-2")) == 0)
    let all = try workspace.command("roll", "--all", "--yes")
    #expect(all.status == 0)
    #expect(try sandbox.rolls(of: sandbox.token("token-1")) == 2)
    #expect(try sandbox.rolls(of: sandbox.token("token-2")) == 1)
    #expect(try workspace.outcomes() == ["settled", "settled", "settled"])
    let rolls = try workspace.command("history", "--json")
    let causes = try JSONDocument(parsing: rolls.output).root.elements.compactMap { $0["cause"]?.string }
    #expect(causes == ["request", "request", "request"])
    let lost = try workspace.command("history", "--json", "--since", "1d", "--outcome", "lost")
    #expect(lost.status == 0)
    #expect(try JSONDocument(parsing: lost.output).root.elements.map { $0 }.isEmpty)
    let settled = try workspace.command("history", "--since", "1d", "--outcome", "settled", "--limit", "2")
    #expect(settled.outputText.split(separator: "\n").count == 3)
    let misspelt = try workspace.command("history", "--outcome", "setled")
    #expect(misspelt.status == 64 && misspelt.errorText.contains("did you mean \"settled\"?"))
    try service.event("operatorRequest", entry: "one")
    #expect(try service.stop() == 0)
  }

  @Test func noRollIsBegunThatWasNotAgreedTo() throws {
    let (sandbox, workspace, service) = try begin()
    let result = try workspace.command("roll", "one")
    #expect(result.status == 1)
    #expect(result.errorText.contains("one: \(workspace.published)/one"))
    #expect(result.errorText.contains("--yes"))
    #expect(try workspace.command("roll", "one", "oen", "--yes").status == 64)
    #expect(try workspace.command("roll", "--yes").status == 64)
    #expect(try sandbox.rolls(of: sandbox.token("token-1")) == 0)
    #expect(try service.stop() == 0)
  }

  @Test func aRollInHandIsNotBegunAgainAndOutlivesWhoAskedForIt() throws {
    let (sandbox, workspace, service) = try begin()
    let token = try sandbox.token("token-1")
    try sandbox.addFault(#"{"kind":"delay","delay_after_ms":1500,"call":"roll"}"#)
    do {
      let client = try ControlSocketClient(workspace.control)
      client.send("org.tokenroll.Control.Roll", #"{"entries": ["one"]}"#, more: true)
      #expect(try client.receive()?["parameters"]?["accepted"]?.elements.compactMap(\.string) == ["one"])
      try service.event("rollStarted", entry: "one")
      let again = try workspace.command("roll", "one", "--yes")
      #expect(again.status == 75)
      #expect(again.errorText.contains("in hand already (phase intended)"))
      // All that can be rolled: not this one.
      let all = try ControlSocketClient(workspace.control).call("Roll", #"{"all": true}"#)
      #expect(all.last?["parameters"]?["accepted"]?.elements.compactMap(\.string) == ["two"])
    }
    try service.event("rollSettled", entry: "one")
    #expect(try sandbox.rolls(of: token) == 1)
    #expect(try workspace.publishedText("one") == sandbox.token("token-1").secret)
    #expect(try service.stop() == 0)
  }

  @Test func aRefusedReloadPrintsWhatCheckPrints() throws {
    let (_, workspace, service) = try begin()
    #expect(try workspace.command("reload").status == 0)
    try service.event("configurationReloaded")
    _ = try workspace.directory.write("config.json", #"{"tokens": [{"nam": 1}], "x": []}"#)
    let tokenroll = try TestProcess.product("tokenroll")
    let refused = try TestProcess.run(tokenroll, ["reload", "--socket", workspace.control])
    let checked = try TestProcess.run(tokenroll, ["check", "--config", workspace.configurationFile])
    #expect(refused.status == 78)
    #expect(checked.status == 78)
    #expect(refused.errorText == checked.errorText)
    #expect(refused.errorText.split(separator: "\n").count > 1)
    // The configuration in use stays.
    let status = try TestProcess.run(tokenroll, ["status", "--socket", workspace.control])
    #expect(status.outputText.contains("2 entries"))
    #expect(try service.stop() == 0)
  }

  @Test func aPauseOutlivesARestartAndEndsWhenItIsTold() throws {
    let sandbox = try SandboxUnderTest()
    let workspace = try Workspace(sandbox)
    var configuration = workspace.configuration
    configuration.entries = [
      workspace.entry("held", try sandbox.token("token-1"), schedule: ServiceConfiguration.Entry.every("1s")),
      workspace.entry("free", try sandbox.token("token-2"), schedule: ServiceConfiguration.Entry.every("1s")),
    ]
    let first = try workspace.start(configuration)
    try first.event("rollSettled", entry: "held")
    #expect(try workspace.command("pause", "held").status == 64)
    #expect(try workspace.command("pause", "held", "--reason", "change freeze").status == 0)
    try first.event("rollingPaused", entry: "held")
    let plan = try workspace.command("plan", "--until", "1min").outputText
    #expect(plan.contains("Not planned: held, paused until `tokenroll resume` (change freeze)"))
    #expect(plan.contains(" free\n") && !plan.contains(" held\n"))
    #expect(try first.stop() == 0)
    let held = try sandbox.rolls(of: sandbox.token("token-1"))

    let second = try workspace.restart()
    try second.event("rollingPaused", entry: "held")
    try second.event("rollSettled", entry: "free", count: 3)
    #expect(try sandbox.rolls(of: sandbox.token("token-1")) == held)
    let status = try workspace.command("status")
    #expect(status.status == 0)
    #expect(status.outputText.contains("paused: change freeze"))
    #expect(try workspace.command("roll", "held", "--yes").status == 75)
    #expect(try workspace.command("resume", "held").status == 0)
    try second.event("rollSettled", entry: "held")
    #expect(try workspace.command("resume", "held").status == 1)

    #expect(try workspace.command("pause", "--reason", "all of it", "--for", "1h").status == 0)
    #expect(try workspace.command("status").outputText.contains("PAUSED"))
    let rows = try workspace.command("plan", "--until", "61min").outputText.split(separator: "\n")
    // In the second column: nothing before the end of the pause.
    #expect(
      rows.count > 2
        && rows.filter { $0.hasSuffix(" free") }.allSatisfy {
          $0.contains("  59 min ") || $0.contains("  1 h ")
        })
    #expect(try workspace.command("resume").status == 0)
    #expect(try workspace.command("pause", "--reason", "all of it", "--for", "1s").status == 0)
    let settled = second.events("rollSettled", entry: "free").count
    try second.event("rollSettled", entry: "free", count: settled + 2)
    #expect(try !workspace.command("status").outputText.contains("PAUSED"))
    #expect(try second.stop() == 0)
  }

  @Test func theNamesForCompletionsNeedNoService() throws {
    let (_, workspace, service) = try begin()
    #expect(try service.stop() == 0)
    #expect(try workspace.command("__entries").outputText == "one\ntwo\n")
  }
}
