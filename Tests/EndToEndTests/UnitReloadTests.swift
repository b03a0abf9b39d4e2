import Glibc
import JSON
import TestSupport
import Testing

/// Units are reloaded for new secrets by the real service, over a bus on which a stand-in for systemd answers.
@Suite(.enabled(if: BusUnderTest.isSupported)) struct UnitReloadTests {
  private static let denied = StandInManager.Behaviour.refusal(
    name: "org.freedesktop.DBus.Error.AccessDenied", message: "Access denied")

  /// A workspace whose configuration rolls tokens, one an entry, that all have `units` reloaded.
  private func workspace(
    _ sandbox: SandboxUnderTest, entries: [String] = ["one"], units: [String] = ["caddy.service"]
  ) throws -> (Workspace, ServiceConfiguration) {
    let workspace = try Workspace(sandbox)
    var configuration = workspace.configuration
    for (index, name) in entries.enumerated() {
      var entry = workspace.entry(name, try sandbox.token("token-\(index + 1)"))
      entry.reload = units
      configuration.entries.append(entry)
    }
    return (workspace, configuration)
  }

  private func rolls(_ sandbox: SandboxUnderTest) throws -> Int64 {
    try sandbox.rolls(of: sandbox.token("token-1"))
  }

  @Test func eachUnitIsReloadedOnceTheSecretIsThere() throws {
    let (sandbox, bus) = (try SandboxUnderTest(), try BusUnderTest())
    let (workspace, configuration) = try workspace(sandbox, units: ["caddy.service", "web@a.service"])
    let service = try workspace.start(configuration, environment: bus.environment)
    for count in 1...2 {
      let event = try service.event("actionFinished", entry: "one", count: count)
      #expect(event.message.hasPrefix("Reloaded "))
    }
    #expect(bus.units.sorted() == ["caddy.service", "web@a.service"])
    let kinds = service.events.map(\.kind)
    let published = try #require(kinds.firstIndex(of: "secretPublished"))
    let reloaded = try #require(kinds.firstIndex(of: "actionFinished"))
    #expect(published < reloaded)
    #expect(try workspace.publishedText("one") == sandbox.token("token-1").secret)
    #expect(try service.stop() == 0)
  }

  @Test func aBurstOfEntriesReloadsTheirUnitFewerTimes() throws {
    let (sandbox, bus) = (try SandboxUnderTest("--tokens", "5"), try BusUnderTest())
    let names = (1...5).map { "entry-\($0)" }
    let (workspace, configuration) = try workspace(sandbox, entries: names)
    let service = try workspace.start(configuration, environment: bus.environment)
    for name in names { try service.event("actionFinished", entry: name) }
    #expect(Set(bus.units) == ["caddy.service"])
    #expect(bus.units.count < names.count)
    #expect(try service.stop() == 0)
  }

  @Test func aFailureShowsInTheStatusAndEndsWhenItWorks() throws {
    let (sandbox, bus) = (try SandboxUnderTest(), try BusUnderTest(Self.denied))
    let (workspace, configuration) = try workspace(sandbox)
    let service = try workspace.start(configuration, environment: bus.environment)
    try service.event("rollSettled", entry: "one")
    let failure = try service.event("actionFailed", entry: "one")
    #expect(failure.priority == 3)
    #expect(
      failure.message.contains(
        "cannot reload caddy.service: Access denied; name it in /etc/tokenroll/reload-units"))
    #expect(failure.line.contains(#""tokenroll_unit":"caddy.service""#))
    let status = try workspace.command("status")
    #expect(status.status == 1)
    #expect(status.outputText.contains("1 unreloaded"))
    #expect(status.outputText.contains("cannot reload caddy.service: Access denied"))
    let one = try workspace.command("status", "one")
    #expect(one.status == 1)
    #expect(
      one.outputText.contains("not reloaded yet   caddy.service: cannot reload caddy.service: Access denied"))

    // The roll is at its end all the same, and no other follows.
    #expect(try workspace.publishedText("one") == sandbox.token("token-1").secret)
    #expect(workspace.escrowed.isEmpty)
    bus.manager.behave(.job(result: "done"))
    #expect(try workspace.command("retry", "one").status == 0)
    try service.event("actionRecovered", entry: "one")
    #expect(try workspace.command("status").status == 0)
    #expect(try workspace.command("retry").status == 1)
    #expect(try service.stop() == 0)
    #expect(try rolls(sandbox) == 1)
  }

  @Test func aFailureIsTriedAgainByItself() throws {
    let (sandbox, bus) = (try SandboxUnderTest(), try BusUnderTest(.job(result: "failed")))
    let (workspace, configuration) = try workspace(sandbox)
    let service = try workspace.start(configuration, environment: bus.environment)
    #expect(
      try service.event("actionFailed").message.contains(
        "the job ended with the result \"failed\"; see \"systemctl status caddy.service\""))
    bus.manager.behave(.job(result: "done"))
    try service.event("actionRecovered", entry: "one")
    #expect(try service.stop() == 0)
    #expect(try rolls(sandbox) == 1)
  }

  @Test func missingUnitsAndAMissingBusAreToldApart() throws {
    let sandbox = try SandboxUnderTest()
    let (first, configuration) = try workspace(sandbox)
    let bus = try BusUnderTest(
      .refusal(name: "org.freedesktop.systemd1.NoSuchUnit", message: "Unit caddy.service not found."))
    let missing = try first.start(configuration, environment: bus.environment)
    #expect(
      try missing.event("actionFailed").message.contains(
        "Unit caddy.service not found.; correct the unit's name in \"reload\""))
    #expect(try missing.stop() == 0)

    let (second, other) = try workspace(sandbox)
    let alone = try second.start(
      other, environment: ["DBUS_SYSTEM_BUS_ADDRESS": "unix:path=\(second.directory.path("bus"))"])
    #expect(try alone.event("actionFailed").message.contains("the system bus cannot be reached"))
    #expect(try alone.stop() == 0)
    // Nothing that goes wrong with a unit is a reason to roll again: once for each of the two services.
    #expect(try rolls(sandbox) == 2)
  }

  @Test func consumersDoNotWaitForAnAPIThatCannotSay() throws {
    let (sandbox, bus) = (try SandboxUnderTest(), try BusUnderTest())
    let (workspace, configuration) = try workspace(sandbox)
    try sandbox.addFault(#"{"kind":"refuse","status":500,"call":"verify","count":"forever"}"#)
    let service = try workspace.start(configuration, environment: bus.environment)
    try service.event("actionFinished", entry: "one")
    #expect(service.events("rollSettled").isEmpty)
    try sandbox.administer("DELETE", "/faults")
    try service.event("rollSettled", entry: "one")
    #expect(try service.stop() == 0)
    // Once for the roll, not for each time that the API is asked.
    #expect(bus.units == ["caddy.service"])
  }

  @Test func aSecretThatIsRefusedIsNoReasonToReload() throws {
    let (sandbox, bus) = (try SandboxUnderTest(), try BusUnderTest())
    let (workspace, configuration) = try workspace(sandbox)
    try sandbox.addFault(#"{"kind":"refuse","status":401,"call":"verify","count":"forever"}"#)
    let service = try workspace.start(configuration, environment: bus.environment)
    try service.event("secretRefused", entry: "one")
    try service.event("rollSettled", entry: "one")
    #expect(try !workspace.command("status", "one").outputText.contains("not reloaded"))
    #expect(try service.stop() == 0)
    #expect(bus.units.isEmpty)
  }

  @Test func aKillBetweenPublicationAndSettlementLosesNoReload() throws {
    let (sandbox, bus) = (try SandboxUnderTest(), try BusUnderTest())
    let (workspace, configuration) = try workspace(sandbox)
    // Nobody hears whether the secret is in force before the service is gone.
    try sandbox.addFault(#"{"kind":"delay","delay_before_ms":20000,"call":"verify"}"#)
    let service = try workspace.start(configuration, environment: bus.environment)
    try service.event("secretPublished")
    try service.crash()
    #expect(bus.units.isEmpty)
    try sandbox.administer("DELETE", "/faults")

    let next = try workspace.restart(environment: bus.environment)
    try next.event("actionFinished", entry: "one")
    #expect(bus.units == ["caddy.service"])
    #expect(try next.stop() == 0)
    #expect(try rolls(sandbox) == 1)
  }

  @Test func aKillDuringTheReloadRepeatsIt() throws {
    let (sandbox, bus) = (try SandboxUnderTest(), try BusUnderTest(.job(result: nil)))
    let (workspace, configuration) = try workspace(sandbox)
    let service = try workspace.start(configuration, environment: bus.environment)
    try service.event("rollSettled", entry: "one")
    #expect(bus.manager.awaitReload())
    try service.crash()
    #expect(service.events("actionFinished").isEmpty)
    bus.manager.behave(.job(result: "done"))

    let next = try workspace.restart(environment: bus.environment)
    try next.event("actionFinished", entry: "one")
    #expect(bus.units == ["caddy.service", "caddy.service"])
    #expect(next.events("rollStarted").isEmpty)
    #expect(try next.stop() == 0)
    let last = try workspace.restart(environment: bus.environment)
    try last.event("serviceReady")
    #expect(try last.stop() == 0)
    // What succeeded is owed no more.
    #expect(bus.units.count == 2)
    #expect(try rolls(sandbox) == 1)
  }

  @Test func aReloadThatHangsHoldsUpNothing() throws {
    let (sandbox, bus) = (try SandboxUnderTest(), try BusUnderTest(.job(result: nil)))
    let (workspace, configuration) = try workspace(sandbox)
    let service = try workspace.start(configuration, environment: bus.environment)
    #expect(bus.manager.awaitReload())
    #expect(try workspace.command("roll", "one", "--yes").status == 0)
    #expect(try service.stop() == 0)
    #expect(try workspace.outcomes() == ["settled", "settled"])
  }

  @Test func anEntryThatDoesNotAskForItAnyMoreIsOwedNothing() throws {
    let (sandbox, bus) = (try SandboxUnderTest(), try BusUnderTest(Self.denied))
    var (workspace, configuration) = try workspace(sandbox)
    let service = try workspace.start(configuration, environment: bus.environment)
    try service.event("actionFailed")
    configuration.entries[0].reload = []
    try workspace.write(configuration)
    #expect(try workspace.command("reload").status == 0)
    #expect(try workspace.command("status").status == 0)
    #expect(try service.stop() == 0)
  }

  @Test func theListForPolkitComesFromTheConfiguration() throws {
    let sandbox = try SandboxUnderTest()
    let (workspace, configuration) = try workspace(
      sandbox, entries: ["one", "two"], units: ["web.service", "caddy.service"])
    try workspace.write(configuration)
    let tokenroll = try TestProcess.product("tokenroll")
    let list = try TestProcess.run(
      tokenroll, ["check", "--config", workspace.configurationFile, "--print-reload-units"])
    #expect(list.status == 0)
    #expect(list.outputText == "caddy.service\nweb.service\n")
    #expect(list.errorText.isEmpty)
  }

  @Test(.enabled(if: access("/etc/tokenroll/reload-units", F_OK) != 0, "this machine has a list of its own"))
  func checkWarnsWhereTheListIsMissing() throws {
    let sandbox = try SandboxUnderTest()
    let (workspace, configuration) = try workspace(sandbox)
    try workspace.write(configuration)
    let check = try TestProcess.run(
      TestProcess.product("tokenroll"), ["check", "--config", workspace.configurationFile])
    #expect(check.status == 0)
    #expect(check.errorText.hasPrefix("warning: the service may reload no unit: "))
    #expect(check.errorText.contains("/etc/tokenroll/reload-units"))
  }
}
