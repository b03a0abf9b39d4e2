import Glibc
import JSON
import TestSupport
import Testing

/// `tokenroll roll --once`: rolls without a service.
@Suite struct RollOnceTests {
  private let sandbox: SandboxUnderTest
  private let workspace: Workspace

  init() throws {
    sandbox = try SandboxUnderTest()
    workspace = try Workspace(sandbox)
  }

  /// Two entries, of which `one` is due.
  private func configure(_ change: (inout ServiceConfiguration) -> Void = { _ in }) throws {
    var configuration = workspace.configuration
    configuration.entries = [
      workspace.entry("one", try sandbox.token("token-1")),
      workspace.entry("two", try sandbox.token("token-2"), schedule: ServiceConfiguration.Entry.later),
    ]
    change(&configuration)
    try workspace.write(configuration)
  }

  private func once(_ arguments: String..., environment: [String] = []) throws -> TestProcess.Result {
    try TestProcess.run("env", try command(arguments, environment))
  }

  private func command(_ arguments: [String], _ environment: [String] = []) throws -> [String] {
    environment
      + [try TestProcess.product("tokenroll"), "roll", "--once", "--config", workspace.configurationFile]
      + arguments
  }

  private func rolls(_ name: String) throws -> Int64 { try sandbox.rolls(of: sandbox.token(name)) }

  @Test func whatIsDueIsRolledAndNothingElse() throws {
    try configure()
    let first = try once()
    #expect(first.status == 0, "\(first.errorText)")
    let lines = first.outputText.split(separator: "\n")
    #expect(lines.first == "one: preflight")
    #expect(lines.last == "one: rolled, published and verified")
    #expect(try workspace.publishedText("one") == sandbox.token("token-1").secret)
    #expect(try rolls("token-1") == 1)
    #expect(try rolls("token-2") == 0)
    #expect(workspace.escrowed.isEmpty)
    #expect(workspace.temporaries.isEmpty)
    // Nothing of a service.
    #expect(access(workspace.control, F_OK) != 0)

    let second = try once("--due")
    #expect(second.status == 0)
    #expect(second.outputText == "Nothing is due.\n")
    #expect(try rolls("token-1") == 1)
    #expect(try workspace.outcomes() == ["settled"])
  }

  @Test func namedEntriesAreRolledWhetherDueOrNot() throws {
    try configure()
    let named = try once("two")
    #expect(named.status == 0, "\(named.errorText)")
    #expect(try rolls("token-1") == 0)
    #expect(try rolls("token-2") == 1)
    let all = try once("--all")
    #expect(all.status == 0)
    #expect(try rolls("token-1") == 1)
    #expect(try rolls("token-2") == 2)
    #expect(try workspace.publishedText("two") == sandbox.token("token-2").secret)
  }

  @Test func aRollThatComesToNothingIsToldByTheStatus() throws {
    try configure()
    try sandbox.addFault(#"{"kind":"refuse","status":403,"call":"roll","count":"forever"}"#)
    let result = try once("one", "two")
    #expect(result.status == 1)
    #expect(result.outputText.contains("one: failed: "))
    #expect(result.outputText.contains("; the next run tries again at "))
    #expect(try rolls("token-1") == 0)
    try sandbox.administer("DELETE", "/faults")
    #expect(try once("--all").status == 0)
    #expect(try rolls("token-1") == 1)
  }

  @Test func whatCannotBeDoneIsRefusedBeforeAnythingIsSent() throws {
    try configure { $0.entries[1].enabled = false }
    let unknown = try once("oen")
    #expect(unknown.status == 64)
    #expect(unknown.errorText.contains("did you mean \"one\"?"))
    #expect(try once("two").status == 64)
    #expect(try once("one", "--all").status == 64)
    #expect(try once("one", "--due").status == 64)
    #expect(try once("--socket", "/nonexistent").status == 64)
    #expect(try once("--timeout", "soon").status == 64)
    _ = try workspace.directory.write("config.json", #"{"tokens": [{"nam": 1}]}"#)
    #expect(try once().status == 78)
    unlink(workspace.configurationFile)
    #expect(try once().status == 66)
    #expect(try rolls("token-1") == 0)
  }

  @Test func besideAServiceItIsRefusedAndToldWhoWorks() throws {
    try configure()
    let service = try workspace.restart()
    try service.event("rollSettled", entry: "one")
    let result = try once("two")
    #expect(result.status == 75)
    #expect(result.errorText.contains("process \(service.process.pid) is at work on this state"))
    #expect(result.errorText.contains("`tokenroll roll` without --once"))
    #expect(try rolls("token-2") == 0)
    #expect(try service.stop() == 0)
    #expect(try once("two").status == 0)
    // The service goes on with what the run did.
    let next = try workspace.restart()
    try next.event("serviceReady")
    #expect(try next.stop() == 0)
    #expect(try rolls("token-1") == 1)
    #expect(try workspace.outcomes() == ["settled", "settled"])
  }

  @Test func whatACrashLeftIsSettledFirst() throws {
    try configure()
    // The roll takes effect, and its answer never comes.
    try sandbox.addFault(#"{"kind":"hang","call":"roll","commit":"yes","for_ms":600000}"#)
    let process = try TestProcess("env", try command(["one"]))
    try sandbox.administer("GET", "/wait?rolls=1")
    process.signal(SIGKILL)
    _ = process.wait()
    try sandbox.administer("DELETE", "/faults")
    #expect(workspace.publishedText("one") == nil)

    let next = try once("two")
    #expect(next.status == 0, "\(next.outputText)\(next.errorText)")
    #expect(try workspace.publishedText("one") == sandbox.token("token-1").secret)
    #expect(try workspace.publishedText("two") == sandbox.token("token-2").secret)
    #expect(try rolls("token-1") == 2)
    #expect(workspace.escrowed.isEmpty)
  }

  @Test func anInterruptedRunLosesNothing() throws {
    try configure()
    try sandbox.addFault(#"{"kind":"delay","delay_after_ms":8000,"call":"roll"}"#)
    let process = try TestProcess("env", try command(["one"]))
    try sandbox.administer("GET", "/wait?rolls=1")
    process.signal(SIGTERM)
    #expect(process.wait() == 75)
    #expect(String(decoding: try process.errorOutput(), as: UTF8.self).contains("the next run goes on"))
    let next = try once("--due")
    #expect(next.status == 0, "\(next.outputText)\(next.errorText)")
    #expect(try workspace.publishedText("one") == sandbox.token("token-1").secret)
    #expect(try rolls("token-1") == 1)
  }

  @Test func aPausedEntryIsLeftAlone() throws {
    try configure()
    let service = try workspace.restart()
    try service.event("rollSettled", entry: "one")
    #expect(try workspace.command("pause", "two", "--reason", "change freeze").status == 0)
    #expect(try service.stop() == 0)
    let named = try once("two")
    #expect(named.status == 75)
    #expect(named.errorText.contains("two is paused (change freeze)"))
    #expect(try once("--all").status == 0)
    #expect(try rolls("token-1") == 2)
    #expect(try rolls("token-2") == 0)
  }

  @Test func theTokenOfTheEnvironmentStandsInForAMissingFile() throws {
    try configure { configuration in
      configuration.baseURL = "https://api.cloudflare.com/client/v4"
    }
    let credential = try sandbox.token("credential").secret
    unlink(workspace.directory.path("credential"))
    let address = "CLOUDFLARE_BASE_URL=\(sandbox.base)/"
    let result = try once(environment: ["CLOUDFLARE_API_TOKEN=\(credential)", address])
    #expect(result.status == 0, "\(result.outputText)\(result.errorText)")
    #expect(try rolls("token-1") == 1)
    #expect(!(result.outputText + result.errorText).contains(credential))
    // A file goes before the environment.
    _ = try workspace.directory.write("credential", credential)
    let other = String(repeating: "x", count: 40)
    #expect(try once("two", environment: ["CLOUDFLARE_API_TOKEN=\(other)", address]).status == 0)
    let bad = try once(environment: ["CLOUDFLARE_BASE_URL=http://api.example.com/client/v4"])
    #expect(bad.status == 64)
    #expect(bad.errorText.contains("CLOUDFLARE_BASE_URL"))
  }

  @Test func rootDoesNotWorkOnTheStateOfAnotherUser() throws {
    guard geteuid() == 0 else { return }
    try configure()
    mkdir(workspace.state, 0o700)
    chown(workspace.state, 65_534, 65_534)
    let result = try once()
    #expect(result.status == 77)
    #expect(result.errorText.contains("belongs to user nobody"))
    #expect(try rolls("token-1") == 0)
  }
}
