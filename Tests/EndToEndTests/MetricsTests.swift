import Glibc
import TestSupport
import Testing

/// The numbers for monitoring, over the socket and in the file for node_exporter.
@Suite struct MetricsTests {
  private static let hasPromtool = (try? TestProcess.run("promtool", ["--version"]).status) == 0
  private let sandbox: SandboxUnderTest
  private let workspace: Workspace
  private var directory: String { workspace.directory.path("metrics") }
  private var file: String { "\(directory)/tokenroll.prom" }

  init() throws {
    sandbox = try SandboxUnderTest()
    workspace = try Workspace(sandbox)
  }

  /// A service with one entry that keeps the file.
  private func configuration(schedule: String = ServiceConfiguration.Entry.once) throws
    -> ServiceConfiguration
  {
    var configuration = workspace.configuration
    configuration.metrics = #"{"file": "\#(file)", "every": "1s"}"#
    configuration.entries = [workspace.entry("one", try sandbox.token("token-1"), schedule: schedule)]
    return configuration
  }

  @Test func theCommandPrintsWhatTheServiceHasDone() throws {
    var configuration = try configuration(schedule: ServiceConfiguration.Entry.later)
    configuration.metrics = nil
    let service = try workspace.start(configuration)
    try service.event("serviceReady")
    #expect(try workspace.command("roll", "one", "--yes").status == 0)
    try sandbox.addFault(#"{"kind":"refuse","status":403,"call":"roll"}"#)
    #expect(try workspace.command("roll", "one", "--yes").status == 1)
    let result = try workspace.command("metrics")
    #expect(result.status == 0)
    let lines = Set(result.outputText.split(separator: "\n").map(String.init))
    for line in [
      "tokenroll_running 1", #"tokenroll_rolls_total{outcome="settled"} 1"#,
      #"tokenroll_rolls_total{outcome="not-rolled"} 1"#,
      #"tokenroll_api_requests_total{call="roll",result="succeeded"} 1"#,
      #"tokenroll_api_requests_total{call="roll",result="refused"} 1"#,
      #"tokenroll_api_request_duration_seconds_count{call="roll"} 2"#,
      #"tokenroll_entry_healthy{entry="one"} 0"#, #"tokenroll_entry_failures{entry="one"} 1"#,
      "tokenroll_config_last_reload_successful 1", "# EOF",
    ] { #expect(lines.contains(line), "\(line)") }
    let left = try #require(
      lines.first { $0.hasPrefix(#"tokenroll_credential_requests_left{credential="sandbox"} "#) })
    #expect(try #require(left.split(separator: " ").last.flatMap { Int($0) }) < 1_200)
    #expect(try service.stop() == 0)
    let stopped = try workspace.command("metrics")
    #expect(stopped.status == 3)
    #expect(stopped.outputText.isEmpty)
  }

  @Test func theFileFollowsTheServiceToItsEnd() throws {
    guard mkdir(directory, 0o755) == 0 else { throw TestFailure("mkdir \(directory)") }
    let watch = try FileWatch(directory)
    let service = try workspace.start(try configuration())
    try watch.text(of: "tokenroll.prom", having: #"tokenroll_rolls_total{outcome="settled"} 1"#)
    #expect(try FileStatus(file).mode == 0o644)
    if Self.hasPromtool {
      // The parser is the one of node_exporter.
      let text = try contents(of: file)
      let verdict = try TestProcess.run(
        "promtool", ["check", "metrics"], input: String(decoding: text, as: UTF8.self))
      #expect(verdict.status == 0, "\(verdict.outputText)\(verdict.errorText)")
    }

    let good = try contents(of: workspace.configurationFile)
    _ = try workspace.directory.write("config.json", "{}")
    service.signal(SIGHUP)
    try watch.text(of: "tokenroll.prom", having: "tokenroll_config_last_reload_successful 0")
    _ = try workspace.directory.write("config.json", String(decoding: good, as: UTF8.self))
    service.signal(SIGHUP)
    try watch.text(of: "tokenroll.prom", having: "tokenroll_config_last_reload_successful 1")
    #expect(try workspace.command("pause", "one", "--reason", "x", "--for", "2s").status == 0)
    try watch.text(of: "tokenroll.prom", having: "tokenroll_paused_entries 1")
    // It ends by itself, and the file says so.
    try watch.text(of: "tokenroll.prom", having: "tokenroll_paused_entries 0")

    #expect(try service.stop() == 0)
    let last = String(decoding: try contents(of: file), as: UTF8.self)
    #expect(last.contains("tokenroll_running 0"))
    #expect(TemporaryDirectory.names(directory) == ["tokenroll.prom"])
    #expect(try !last.contains(sandbox.token("token-1").secret.prefix(12)))
  }

  @Test func aFileThatCannotBeWrittenIsSaidOnceAStretch() throws {
    let configuration = try configuration(schedule: ServiceConfiguration.Entry.every("1s"))
    try workspace.write(configuration)
    let probe = ["check", "--probe", "--config", workspace.configurationFile]
    let wrong = try TestProcess.run(TestProcess.product("tokenroll"), probe)
    #expect(wrong.status == 1)
    #expect(wrong.outputText.contains("wrong metrics: cannot open directory \(directory)"))
    let service = try workspace.restart()
    let failure = try service.event("metricsNotWritten")
    #expect(failure.priority == 4)
    #expect(failure.message.contains(directory))
    // Tried again meanwhile, at least once a second.
    try service.event("rollSettled", entry: "one", count: 4)
    #expect(service.events("metricsNotWritten").count == 1)
    guard mkdir(directory, 0o755) == 0 else { throw TestFailure("mkdir \(directory)") }
    let watch = try FileWatch(directory)
    try watch.text(of: "tokenroll.prom", having: "tokenroll_running 1")
    let right = try TestProcess.run(TestProcess.product("tokenroll"), probe)
    #expect(right.outputText.contains("ok    metrics: \(file) can be replaced"))
    #expect(service.events("metricsNotWritten").count == 1)
    #expect(rename(directory, directory + ".gone") == 0)
    try service.event("metricsNotWritten", count: 2)
    #expect(try service.stop() == 0)
  }

  @Test(.enabled(if: Strace.isUsable, "strace cannot trace here"))
  func aFileSystemThatHangsHoldsUpNoRoll() throws {
    guard mkdir(directory, 0o755) == 0 else { throw TestFailure("mkdir \(directory)") }
    let watch = try FileWatch(directory)
    // The first replacement of the file takes 10 seconds.
    let service = try workspace.start(
      try configuration(),
      through: [
        "strace", "-D", "-f", "-qq", "-o", workspace.directory.path("trace"), "-P", directory, "-e",
        "inject=renameat,renameat2:delay_enter=10s:when=1",
      ])
    try service.event("rollSettled", entry: "one")
    #expect(TemporaryDirectory.names(directory).contains { $0.hasPrefix(".tokenroll.prom.tokenroll-") })
    #expect(!TemporaryDirectory.names(directory).contains("tokenroll.prom"))
    #expect(try workspace.command("status").status == 0)
    try watch.text(of: "tokenroll.prom", having: "tokenroll_running 1")
    #expect(try service.stop() == 0)
  }

  @Test func theTemporaryOfACrashIsRemovedAtTheNextStart() throws {
    guard mkdir(directory, 0o755) == 0 else { throw TestFailure("mkdir \(directory)") }
    let leftover = ".tokenroll.prom.tokenroll-0123456789abcdef"
    _ = try workspace.directory.write("metrics/\(leftover)", "half of ")
    let service = try workspace.start(try configuration())
    try service.event("serviceReady")
    #expect(!TemporaryDirectory.names(directory).contains(leftover))
    #expect(try service.stop() == 0)
  }
}
