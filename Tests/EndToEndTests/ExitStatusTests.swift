import Glibc
import JSON
import TestSupport
import Testing

/// Why the service does not start, as its exit status and its message say it (sysexits.h(3head)).
@Suite struct ExitStatusTests {
  /// What is wrong, and what follows.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let status: Int32
    let says: String
    /// Makes it wrong.
    let spoil: @Sendable (Workspace, inout ServiceConfiguration) throws -> Void

    var testDescription: String { name }

    init(
      _ name: String, _ status: Int32, _ says: String,
      _ spoil: @escaping @Sendable (Workspace, inout ServiceConfiguration) throws -> Void
    ) {
      (self.name, self.status, self.says, self.spoil) = (name, status, says, spoil)
    }
  }

  static let cases = [
    Case("no credential", 69, "cannot open") { workspace, _ in unlink(workspace.directory.path("credential"))
    },
    Case("empty credential", 69, "the file is empty") { workspace, _ in
      _ = try workspace.directory.write("credential", "\n")
    },
    Case("no directory to publish in", 69, "cannot open directory") { workspace, _ in
      rmdir(workspace.published)
    },
    Case("a directory that all can write to", 69, "everyone can write to it") { workspace, _ in
      chmod(workspace.published, 0o777)
    },
    Case("no such group", 69, "nosuchgroup") { _, configuration in
      configuration.entries[0].publish[0].others["group"] = "\"nosuchgroup\""
    },
    Case("a state that cannot be made", 74, "cannot create the directory /proc/tokenroll") {
      _, configuration in
      configuration.stateDirectory = "/proc/tokenroll"
    },
    Case("a database that is none", 74, "is damaged") { workspace, _ in
      mkdir(workspace.state, 0o700)
      _ = try workspace.directory.write("state/rolls.db", String(repeating: "nonsense", count: 1_000))
    },
    Case("another's configuration", 78, "there is no credential \"nobody\"") { _, configuration in
      configuration.entries[0].credential = "nobody"
    },
    Case("an address without TLS", 78, "base_url") { _, configuration in
      configuration.baseURL = "http://api.example.com/client/v4"
    },
  ]

  @Test(arguments: cases)
  func aStartThatCannotWorkIsRefused(_ refusal: Case) throws {
    let sandbox = try SandboxUnderTest()
    let workspace = try Workspace(sandbox)
    var configuration = workspace.configuration
    let token = try sandbox.token("token-1")
    configuration.entries = [workspace.entry("one", token)]
    try refusal.spoil(workspace, &configuration)
    let service = try workspace.start(configuration)
    #expect(try service.ended() == refusal.status)
    #expect(service.events.contains { $0.message.contains(refusal.says) }, "\(service.lines)")
    #expect(try sandbox.administer("GET", "/requests")["requests"]?.elements.map { $0 }.isEmpty == true)
  }

  @Test func theCommandLineIsHeldToItsRules() throws {
    let program = try TestProcess.product("tokenroll")
    let refused: [(arguments: [String], says: String)] = [
      ([], "no command was given"), (["walk"], "no command \"walk\""), (["run", "--nothing"], "--nothing"),
      (["run", "--log-format", "xml"], #"--log-format: "xml" is none of auto, "#),
      (
        ["run", "--log-level", "loud"], #"--log-level: "loud" is none of error, warning, notice, info, debug"#
      ),
      (["run", "--log-level", "critical"], #"--log-level: "critical" is none of error"#),
      (["run", "--config"], "--config"),
    ]
    for (arguments, says) in refused {
      let result = try TestProcess.run(program, arguments)
      #expect(result.status == 64, "\(arguments)")
      #expect(result.errorText.contains(says), "\(arguments): \(result.errorText)")
    }
    #expect(try TestProcess.run(program, ["run", "--config", "/nonexistent/config.json"]).status == 66)
    let directory = try TemporaryDirectory()
    let file = try directory.write("config.json", "{\"tokens\": [],}")
    let result = try TestProcess.run(program, ["run", "--config", file])
    #expect(result.status == 78)
    #expect(result.errorText.contains("\(file):1:"))
  }

  /// Those of libcrypto had the process die of a signal where a request was under way. The dynamic linker tells of its own.
  @Test func noHandlerOfALibraryRunsAtTheEnd() throws {
    let directory = try TemporaryDirectory()
    let result = try TestProcess.run(
      "env",
      [
        "LD_DEBUG=files", "LD_DEBUG_OUTPUT=\(directory.path("linker"))", try TestProcess.product("tokenroll"),
        "version",
      ])
    #expect(result.status == 0)
    let told = try #require(
      try TemporaryDirectory.names(directory.path).map { try directory.read($0) }
        .map { String(decoding: $0, as: UTF8.self) }.first {
          $0.contains("calling init: ") && $0.contains("libcrypto")
        })
    #expect(!told.contains("calling fini: "))
  }

  @Test func aSecondServiceIsRefusedAndToldWhoWorks() throws {
    let sandbox = try SandboxUnderTest()
    let workspace = try Workspace(sandbox)
    var configuration = workspace.configuration
    configuration.entries = [workspace.entry("one", try sandbox.token("token-1"))]
    let first = try workspace.start(configuration)
    try first.event("rollSettled")
    let second = try workspace.restart()
    #expect(try second.ended() == 75)
    #expect(
      try second.event("startFailed").message.contains(
        "process \(first.process.pid) is at work on this state"))
    #expect(try first.stop() == 0)
    try workspace.restart().stopped(after: "serviceReady")
  }

  @Test func theStateOfAnotherMachineIsRefused() throws {
    let sandbox = try SandboxUnderTest()
    let workspace = try Workspace(sandbox)
    var configuration = workspace.configuration
    let token = try sandbox.token("token-1")
    configuration.entries = [workspace.entry("one", token, schedule: ServiceConfiguration.Entry.every("1s"))]
    try workspace.start(configuration).stopped(after: "rollSettled")
    let rolls = try sandbox.rolls(of: token)
    let other = try workspace.directory.write("machine-id", "0123456789abcdef0123456789abcdef\n")
    guard geteuid() == 0 else { return }
    let service = try workspace.restart(
      through: ["unshare", "-m", "sh", "-c", "mount --bind \(other) /etc/machine-id && exec \"$@\"", "sh"])
    #expect(try service.ended() == 74)
    #expect(service.events.contains { $0.message.contains("belongs to another machine") })
    #expect(try sandbox.rolls(of: token) == rolls)
  }
}
