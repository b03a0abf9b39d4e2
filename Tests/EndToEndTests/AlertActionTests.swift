import Glibc
import JSON
import TestSupport
import Testing

/// Somebody is told once when an entry fails, and once when it works again.
@Suite struct AlertActionTests {
  private static let note = #"echo "$TOKENROLL_EVENT $TOKENROLL_ENTRY $TOKENROLL_REASON" >>"$0""#

  private func workspace(_ sandbox: SandboxUnderTest) throws -> (Workspace, ServiceConfiguration) {
    let workspace = try Workspace(sandbox)
    var configuration = workspace.configuration
    var entry = workspace.entry("one", try sandbox.token("token-1"))
    entry.programs = ["on_failure": workspace.shell(Self.note), "on_recovery": workspace.shell(Self.note)]
    configuration.entries = [entry]
    return (workspace, configuration)
  }

  /// What was told, without its reason.
  private func told(_ workspace: Workspace) -> [String] {
    workspace.lines().map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
  }

  @Test func aFailingStretchIsToldOnceAndItsEndOnce() throws {
    let sandbox = try SandboxUnderTest()
    let (workspace, configuration) = try workspace(sandbox)
    try sandbox.addFault(#"{"kind":"refuse","status":403,"call":"roll","count":"forever"}"#)
    let service = try workspace.start(configuration)
    try service.event("actionFinished", entry: "one")
    #expect(told(workspace) == ["failure one"])
    #expect(workspace.lines().first?.contains("403") == true)
    #expect(try workspace.command("retry", "one").status == 0)
    try service.event("rollRefusedForGood", count: 2)
    #expect(try service.stop() == 0)

    // The stretch goes on over a restart.
    let next = try workspace.restart()
    try next.event("rollRefusedForGood")
    try sandbox.administer("DELETE", "/faults")
    #expect(try workspace.command("retry", "one").status == 0)
    try next.event("rollSettled")
    try next.event("actionFinished", entry: "one")
    #expect(told(workspace) == ["failure one", "recovery one"])
    #expect(workspace.lines().last?.contains("403") == true)
    // What works is no news.
    #expect(try workspace.command("roll", "one", "--yes").status == 0)
    #expect(try next.stop() == 0)
    #expect(told(workspace) == ["failure one", "recovery one"])

    // Another stretch is told anew.
    try sandbox.addFault(#"{"kind":"refuse","status":403,"call":"roll","count":"forever"}"#)
    let last = try workspace.restart()
    try last.event("serviceReady")
    #expect(try workspace.command("roll", "one", "--yes").status == 1)
    try last.event("actionFinished", entry: "one")
    #expect(try last.stop() == 0)
    #expect(told(workspace) == ["failure one", "recovery one", "failure one"])
  }

  @Test func whatPassesByItselfIsNotTold() throws {
    let sandbox = try SandboxUnderTest()
    let (workspace, configuration) = try workspace(sandbox)
    try sandbox.addFault(#"{"kind":"refuse","status":500,"call":"get","count":2}"#)
    let service = try workspace.start(configuration)
    try service.event("rollRefused", count: 2)
    try service.event("rollSettled")
    #expect(try service.stop() == 0)
    #expect(service.events("actionStarted").isEmpty)
  }

  @Test func aProgramThatFailsIsAFailureOfItsEntry() throws {
    let sandbox = try SandboxUnderTest()
    var (workspace, configuration) = try workspace(sandbox)
    configuration.entries[0].programs["run"] = workspace.shell(#"[ -e "$0" ]"#, "mended")
    let service = try workspace.start(configuration)
    try service.event("actionFinished", entry: "one")
    #expect(told(workspace) == ["failure one"])
    #expect(workspace.lines().first?.hasSuffix(": exit status 1") == true)
    _ = try workspace.directory.write("mended", "")
    #expect(try workspace.command("retry", "one").status == 0)
    try service.event("actionRecovered", entry: "one")
    try service.event("actionFinished", entry: "one", count: 2)
    #expect(try service.stop() == 0)
    #expect(told(workspace) == ["failure one", "recovery one"])
  }

  @Test func whatALookFindsIsAFailureOfItsEntry() throws {
    let sandbox = try SandboxUnderTest()
    var (workspace, configuration) = try workspace(sandbox)
    configuration.entries[0].verify = #"{"every": "1s"}"#
    let service = try workspace.start(configuration)
    try service.event("rollSettled", entry: "one")
    let secret = try #require(workspace.publishedText("one"))
    #expect(unlink("\(workspace.published)/one") == 0)
    try service.event("actionFinished", entry: "one")
    #expect(told(workspace) == ["failure one"])
    #expect(workspace.lines().first?.contains("\(workspace.published)/one") == true)
    _ = try workspace.directory.write("published/one", secret)
    try service.event("actionFinished", entry: "one", count: 2)
    #expect(told(workspace) == ["failure one", "recovery one"])
    #expect(try service.stop() == 0)
    #expect(try sandbox.rolls(of: sandbox.token("token-1")) == 1)
  }

  @Test func aKillWhileSomebodyIsToldHasItToldAgain() throws {
    let sandbox = try SandboxUnderTest()
    var (workspace, configuration) = try workspace(sandbox)
    configuration.entries[0].programs["on_failure"] = workspace.shell(
      Self.note + #"; echo begun; while [ -e "$0" ] && [ ! -e "$0.gate" ]; do sleep 0.1; done"#)
    try sandbox.addFault(#"{"kind":"refuse","status":403,"call":"roll","count":"forever"}"#)
    let service = try workspace.start(configuration)
    try service.event("programOutput")
    try service.crash()
    _ = try workspace.directory.write("lines.gate", "")
    let next = try workspace.restart()
    try next.event("actionFinished", entry: "one")
    try next.event("rollRefusedForGood")
    #expect(try next.stop() == 0)
    #expect(told(workspace) == ["failure one", "failure one"])
  }
}
