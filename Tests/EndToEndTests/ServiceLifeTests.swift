import Glibc
import JSON
import TestSupport
import Testing

/// Start, reload and stop, as systemd and the operator see them.
@Suite struct ServiceLifeTests {
  @Test func systemdHearsOfStartReloadAndStop() throws {
    let sandbox = try SandboxUnderTest()
    let workspace = try Workspace(sandbox)
    let socket = try NotifySocket(workspace.directory.path("notify"))
    var configuration = workspace.configuration
    configuration.entries = [
      workspace.entry("one", try sandbox.token("token-1"), schedule: #"{"every": "30d", "jitter": "0s"}"#),
      workspace.entry("two", try sandbox.token("token-2"), schedule: #"{"every": "60d", "jitter": "0s"}"#),
    ]
    let service = try workspace.start(configuration, environment: ["NOTIFY_SOCKET": socket.path])
    let start = try #require(try socket.receive(until: "READY=1").last)
    #expect(
      start.contains {
        $0.hasPrefix("STATUS=2 entries, next one in 4 w 2 d")
          || $0.hasPrefix("STATUS=2 entries, next one in ")
      })

    service.signal(SIGHUP)
    let reload = try socket.receive(until: "READY=1")
    #expect(reload.flatMap { $0 }.contains("RELOADING=1"))
    let time = try #require(reload.flatMap { $0 }.first { $0.hasPrefix("MONOTONIC_USEC=") })
    #expect(Int64(time.dropFirst("MONOTONIC_USEC=".count)) ?? 0 > 0)

    // A reload that fails ends with READY=1 too.
    _ = try workspace.directory.write("config.json", "{")
    service.signal(SIGHUP)
    #expect(try socket.receive(until: "READY=1").flatMap { $0 }.contains("RELOADING=1"))
    try service.event("configurationRefused")

    service.signal(SIGTERM)
    #expect(
      try socket.receive(until: "STOPPING=1").last?.contains { $0.hasPrefix("STATUS=stopping") } == true)
    #expect(try service.ended() == 0)
  }

  @Test(.enabled(if: Strace.isUsable, "strace cannot trace here"))
  func nothingIsSentByAServiceThatStopsWhileItPrepares() throws {
    let sandbox = try SandboxUnderTest()
    let workspace = try Workspace(sandbox)
    var configuration = workspace.configuration
    let rolled = #"{"every": "30d", "first": "now", "jitter": "0s"}"#
    for name in ["token-1", "token-2"] {
      configuration.entries.append(workspace.entry(name, try sandbox.token(name), schedule: rolled))
    }
    // Each file that is prepared takes three seconds, also those of the proof before the start.
    let service = try workspace.start(
      configuration,
      through: [
        "strace", "-D", "-f", "-qq", "-o", workspace.directory.path("trace"), "-e",
        "inject=fallocate:delay_enter=3s",
      ])
    try service.event("serviceReady")
    try FileWatch(workspace.escrow).files(having: ".tokenroll-", count: 2)
    service.signal(SIGTERM)
    #expect(try service.ended() == 0)
    #expect(workspace.temporaries == [])
    #expect(try sandbox.administer("GET", "/requests")["received"]?.integer == 0)
    #expect(service.events("rollStarted").isEmpty)

    // Nothing is left of it, and the next start rolls both.
    let next = try workspace.restart()
    for name in ["token-1", "token-2"] { try next.event("rollSettled", entry: name) }
    #expect(try next.stop() == 0)
  }

  @Test func aReloadTakesEntriesInAndLetsThemGo() throws {
    let sandbox = try SandboxUnderTest()
    let workspace = try Workspace(sandbox)
    var configuration = workspace.configuration
    let (one, two, three) = (
      try sandbox.token("token-1"), try sandbox.token("token-2"), try sandbox.token("token-3")
    )
    configuration.entries = [workspace.entry("one", one)]
    let service = try workspace.start(configuration)
    try service.event("rollSettled", entry: "one")

    // One more entry, and another destination for the first: no roll for that.
    configuration.entries = [
      workspace.entry("one", one, publish: [.init(file: workspace.published + "/elsewhere")]),
      workspace.entry("two", two),
    ]
    try workspace.write(configuration)
    service.signal(SIGHUP)
    try service.event("rollSettled", entry: "two")

    // What is refused changes nothing.
    var bad = configuration
    bad.entries.append(workspace.entry("two", three))
    try workspace.write(bad)
    service.signal(SIGHUP)
    #expect(try service.event("configurationRefused").message.contains("is the name of tokens[1] already"))

    // The first two leave; the third comes.
    configuration.entries = [workspace.entry("three", three)]
    try workspace.write(configuration)
    service.signal(SIGHUP)
    try service.event("rollSettled", entry: "three")
    #expect(try service.stop() == 0)
    for token in [one, two, three] { #expect(try sandbox.rolls(of: token) == 1) }
    #expect(try workspace.publishedText("two") == sandbox.token("token-2").secret)
    #expect(try workspace.publishedText("three") == sandbox.token("token-3").secret)
  }

  /// What a reload makes of the entry whose roll is under way.
  enum Change: CaseIterable {
    case nothing, removed, disabled, otherDestination, refusedFile
  }

  @Test(arguments: Change.allCases)
  func aReloadDuringARollLosesNothing(_ change: Change) throws {
    let sandbox = try SandboxUnderTest()
    let workspace = try Workspace(sandbox)
    var configuration = workspace.configuration
    let (token, other) = (try sandbox.token("token-1"), try sandbox.token("token-2"))
    let later = #"{"every": "1y", "jitter": "0s"}"#
    configuration.entries = [
      workspace.entry("rolled", token), workspace.entry("other", other, schedule: later),
    ]
    try sandbox.addFault(#"{"kind":"delay","delay_after_ms":1500,"call":"roll"}"#)
    let service = try workspace.start(configuration)
    try sandbox.administer("GET", "/wait?rolls=1")

    var file = "rolled"
    switch change {
    case .nothing: break
    case .removed: configuration.entries.removeFirst()
    case .disabled: configuration.entries[0].enabled = false
    case .otherDestination:
      file = "moved"
      configuration.entries[0].publish = [.init(file: workspace.published + "/moved", mode: "0640")]
    case .refusedFile: configuration.baseURL = "nonsense"
    }
    try workspace.write(configuration)
    service.signal(SIGHUP)
    try service.event(change == .refusedFile ? "configurationRefused" : "configurationReloaded")
    try service.event("rollSettled", entry: "rolled")
    #expect(service.events("publicationFailed").isEmpty)
    #expect(try service.stop() == 0)
    #expect(try workspace.publishedText(file) == sandbox.token("token-1").secret)
    #expect(try sandbox.rolls(of: token) == 1)
    #expect(workspace.escrowed.isEmpty && workspace.temporaries.isEmpty)
  }

  @Test func aStopWaitsForTheAnswerOfARoll() throws {
    let sandbox = try SandboxUnderTest()
    let workspace = try Workspace(sandbox)
    let socket = try NotifySocket(workspace.directory.path("notify"))
    var configuration = workspace.configuration
    let token = try sandbox.token("token-1")
    configuration.entries = [workspace.entry("rolled", token)]
    try sandbox.addFault(#"{"kind":"delay","delay_after_ms":1500,"call":"roll"}"#)
    let service = try workspace.start(configuration, environment: ["NOTIFY_SOCKET": socket.path])
    try sandbox.administer("GET", "/wait?rolls=1")
    service.signal(SIGTERM)
    _ = try socket.receive(until: "EXTEND_TIMEOUT_USEC=")
    #expect(try service.ended() == 0)
    let secret = try sandbox.token("token-1").secret
    let escrow = workspace.escrowed.compactMap { try? contents(of: "\(workspace.escrow)/\($0)") }
    #expect(escrow == [Array(secret.utf8)] || workspace.publishedText("rolled") == secret)
    #expect(!service.events("secretEscrowed").isEmpty)

    let next = try workspace.restart()
    try next.event(escrow.isEmpty ? "serviceReady" : "rollSettled")
    #expect(try next.stop() == 0)
    #expect(workspace.publishedText("rolled") == secret)
    #expect(try sandbox.rolls(of: token) == 1)
    #expect(workspace.escrowed.isEmpty)
  }

  /// The removal of an erased escrow is not waited for: a crash of the machine may bring it back, overwritten.
  @Test func anErasedEscrowThatCameBackIsRemovedAndNothingElse() throws {
    let sandbox = try SandboxUnderTest()
    let workspace = try Workspace(sandbox)
    var configuration = workspace.configuration
    let token = try sandbox.token("token-1")
    configuration.entries = [workspace.entry("rolled", token)]
    let service = try workspace.start(configuration)
    let roll = try #require(try service.event("rollSettled", entry: "rolled").roll)
    #expect(try service.stop() == 0)
    let received = try sandbox.administer("GET", "/requests")["received"]?.integer
    let zeros = String(repeating: "\0", count: 53)
    _ = try workspace.directory.write("state/escrow/rolled.\(token.id).\(roll)", zeros)

    let next = try workspace.restart()
    try next.event("serviceReady")
    #expect(next.events("escrowUnknown").isEmpty && next.events("escrowNotErased").isEmpty)
    #expect(try next.stop() == 0)
    #expect(workspace.escrowed.isEmpty)
    #expect(try workspace.publishedText("rolled") == sandbox.token("token-1").secret)
    #expect(try sandbox.administer("GET", "/requests")["received"]?.integer == received)
  }

  @Test func anIdleServiceStopsAtOnce() throws {
    let sandbox = try SandboxUnderTest()
    let workspace = try Workspace(sandbox)
    var configuration = workspace.configuration
    configuration.entries = [
      workspace.entry("idle", try sandbox.token("token-1"), schedule: #"{"every": "1y", "jitter": "0s"}"#)
    ]
    for signal in [SIGTERM, SIGINT] {
      let service = try workspace.start(configuration)
      try service.event("serviceReady")
      service.signal(signal)
      #expect(try service.ended(within: 10) == 0)
      #expect(!service.events("serviceStopping").isEmpty)
    }
  }

  @Test func aSecretInEscrowIsPublishedEvenWhereNothingElseWorks() throws {
    let sandbox = try SandboxUnderTest()
    let workspace = try Workspace(sandbox)
    var configuration = workspace.configuration
    let token = try sandbox.token("token-1")
    configuration.entries = [workspace.entry("rolled", token)]
    try sandbox.addFault(#"{"kind":"delay","delay_after_ms":1000,"call":"roll"}"#)
    let service = try workspace.start(configuration)
    try sandbox.administer("GET", "/wait?rolls=1")
    rmdir(workspace.published)
    _ = try TestProcess.run("rm", ["-r", workspace.published])
    try service.event("publicationFailed")
    try service.crash()
    // The credential is gone, so that no entry can be rolled; the secret is there.
    unlink(workspace.directory.path("credential"))
    mkdir(workspace.published, 0o700)
    let next = try workspace.restart()
    try next.event("rollSettled")
    #expect(try next.stop() == 0)
    #expect(try workspace.publishedText("rolled") == sandbox.token("token-1").secret)
    #expect(try sandbox.rolls(of: token) == 1)
  }
}
