import Glibc
import JSON
import TestSupport
import Testing

/// Former contents stay beside a destination, and a kill at any call loses none and moves none twice.
@Suite struct FormerContentsTests {
  private static func configuration(
    _ workspace: Workspace, _ entry: String, _ token: SandboxUnderTest.Token, keep count: Int
  ) -> ServiceConfiguration {
    var configuration = workspace.configuration
    configuration.entries = [
      workspace.entry(
        entry, token,
        publish: [
          .init(file: "\(workspace.published)/kept", mode: "0640", others: ["keep_previous": "\(count)"])
        ])
    ]
    return configuration
  }

  @Test func formerContentsStayBesideTheFileUntilTheyAreTooMany() throws {
    let sandbox = try SandboxUnderTest()
    let workspace = try Workspace(sandbox)
    let token = try sandbox.token("token-1")
    let service = try workspace.start(Self.configuration(workspace, "edge", token, keep: 2))
    try service.event("rollSettled", entry: "edge")
    var secrets = [try sandbox.token("token-1").secret]
    for _ in 1...3 {
      #expect(try workspace.command("roll", "edge", "--yes").status == 0)
      secrets.insert(try sandbox.token("token-1").secret, at: 0)
    }
    for (name, secret) in zip(["kept", "kept.1", "kept.2"], secrets) {
      #expect(workspace.publishedText(name) == secret, "\(name)")
      #expect(try FileStatus("\(workspace.published)/\(name)").mode == 0o640, "\(name)")
    }
    #expect(TemporaryDirectory.names(workspace.published) == ["kept", "kept.1", "kept.2"])

    try workspace.write(Self.configuration(workspace, "edge", token, keep: 1))
    service.signal(SIGHUP)
    try service.event("configurationReloaded")
    #expect(try workspace.command("roll", "edge", "--yes").status == 0)
    #expect(TemporaryDirectory.names(workspace.published) == ["kept", "kept.1"])
    #expect(workspace.publishedText("kept.1") == secrets[0])
    #expect(try service.stop() == 0)
  }

  @Test func nothingIsSentWhereAFormerContentCouldNotBeKept() throws {
    let sandbox = try SandboxUnderTest()
    let workspace = try Workspace(sandbox)
    let token = try sandbox.token("token-1")
    var configuration = Self.configuration(workspace, "edge", token, keep: 2)
    configuration.entries.append(workspace.entry("well", try sandbox.token("token-2")))
    let obstacle = try workspace.directory.makeDirectory("published/kept.2")
    let service = try workspace.start(configuration)
    #expect(
      try service.event("rollNotReady", entry: "edge").message.contains(
        "kept.2 beside it is not a regular file"))
    try service.event("rollSettled", entry: "well")
    #expect(try sandbox.rolls(of: token) == 0)
    rmdir(obstacle)
    // What was not ready is tried again less and less often.
    try service.event("rollSettled", entry: "edge", within: 300)
    #expect(try service.stop() == 0)
  }

  /// The calls that change the file or what lies beside it.
  private static let calls = "openat,linkat,renameat,unlinkat,pwrite64,ftruncate,fsync"

  @Test(.enabled(if: SyscallInjector.isSupported))
  func aKillAtAnyCallKeepsEachFormerContentOnce() async throws {
    let sandbox = try SandboxUnderTest("--tokens", "200")
    let tokens = try sandbox.tokens()
    let credential = try #require(tokens.first { $0.name == "credential" }).secret
    let subjects = tokens.filter { $0.name != "credential" }

    let first = try Self.workspace(subjects[0], sandbox, credential)
    let injector = Self.injector(first)
    let service = try first.restart(through: injector.command())
    try service.event("rollSettled")
    #expect(try service.stop() == 0)
    let trace = try injector.trace()
    try #require(trace.contains { $0.name == "linkat" } && trace.count < subjects.count)
    #expect(try Self.faults(first, subjects[0]) == [])

    let points = Array(1...trace.count)
    let faults = await inParallel(points, width: 6) { point -> String? in
      do {
        let faults = try Self.kill(at: point, subjects[point], sandbox, credential)
        return faults.isEmpty ? nil : "point \(point): \(faults.joined(separator: "; "))"
      } catch {
        return "point \(point): \(error)"
      }
    }
    print("kill everywhere, with former contents: \(points.count) points tried")
    for fault in faults.compactMap(\.self) { Issue.record("\(fault)") }
  }

  /// Before the roll there are the secret in force and two former contents.
  private static func workspace(
    _ token: SandboxUnderTest.Token, _ sandbox: SandboxUnderTest, _ credential: String
  ) throws -> Workspace {
    let workspace = try Workspace(sandbox, in: .memory, credential: credential)
    for (name, text) in ["kept": token.secret, "kept.1": "earlier", "kept.2": "earliest"] {
      try workspace.directory.write("published/\(name)", text)
    }
    try workspace.write(configuration(workspace, SyscallInjector.entry, token, keep: 2))
    return workspace
  }

  private static func injector(
    _ workspace: Workspace, at point: Int = 0, _ disturbance: SyscallInjector.Disturbance = .none
  ) -> SyscallInjector {
    SyscallInjector(
      calls: calls, path: "kept", at: point, disturbance: disturbance, log: workspace.directory.path("calls"))
  }

  private static func kill(
    at point: Int, _ token: SandboxUnderTest.Token, _ sandbox: SandboxUnderTest, _ credential: String
  ) throws -> [String] {
    let workspace = try workspace(token, sandbox, credential)
    let service = try workspace.restart(through: injector(workspace, at: point, .kill).command())
    guard try service.eventOrEnd(["rollSettled"]) == nil else {
      // The window may have fewer calls than the one that was traced.
      try service.stop()
      return try faults(workspace, token)
    }
    guard try service.ended() == 128 + SIGKILL else {
      throw TestFailure("it was not killed: \(service.lines)")
    }
    let isSettled = try workspace.outcomes().last == "settled"
    let next = try workspace.restart()
    try next.event(isSettled ? "serviceReady" : "rollSettled")
    guard try next.stop() == 0 else {
      throw TestFailure("the second service did not end well: \(next.lines)")
    }
    return try faults(workspace, token)
  }

  /// What is not as it has to be after one roll, whether or not it took two to get there.
  private static func faults(_ workspace: Workspace, _ token: SandboxUnderTest.Token) throws -> [String] {
    let secret = try workspace.sandbox.administer("GET", "/tokens/\(token.id)")["secret"]?.string
    let wanted = ["kept": secret, "kept.1": token.secret, "kept.2": "earlier"]
    var faults = wanted.filter { workspace.publishedText($0.key) != $0.value }.map { "\($0.key) is wrong" }
    let names = TemporaryDirectory.names(workspace.published)
    if names != wanted.keys.sorted() { faults.append("there are \(names)") }
    return faults
  }
}
