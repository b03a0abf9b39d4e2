import Glibc
import JSON
import TestSupport
import Testing

/// The socket itself: the protocol, who may do what, and clients that mean no good.
@Suite struct ControlSocketTests {
  private func begin(
    _ schedule: String = #"{"every": "1y", "jitter": "0s"}"#, environment: [String: String] = [:]
  ) throws -> (SandboxUnderTest, Workspace, RunningService) {
    let sandbox = try SandboxUnderTest()
    let workspace = try Workspace(sandbox)
    var configuration = workspace.configuration
    configuration.entries = [workspace.entry("one", try sandbox.token("token-1"), schedule: schedule)]
    let service = try workspace.start(configuration, environment: environment)
    try service.event("serviceReady")
    return (sandbox, workspace, service)
  }

  @Test func theServiceDescribesItself() throws {
    let (_, workspace, service) = try begin()
    let status = try FileStatus(workspace.control)
    #expect(status.mode == 0o660)
    let client = try ControlSocketClient(workspace.control)
    client.send("org.varlink.service.GetInfo")
    let info = try client.receive()?["parameters"]
    #expect(
      info?["interfaces"]?.elements.compactMap(\.string) == ["org.varlink.service", "org.tokenroll.Control"])
    client.send("org.varlink.service.GetInterfaceDescription", #"{"interface": "org.tokenroll.Control"}"#)
    let description = try #require(try client.receive()?["parameters"]?["description"]?.string)
    #expect(try description == Repository.text("deploy/org.tokenroll.Control.varlink"))
    #expect(try service.stop() == 0)
  }

  @Test(arguments: [
    ("org.tokenroll.Other.X", "{}", "org.varlink.service.InterfaceNotFound"),
    ("org.tokenroll.Control.X", "{}", "org.varlink.service.MethodNotFound"),
    ("nothing", "{}", "org.varlink.service.MethodNotFound"),
    ("org.tokenroll.Control.Entry", "{}", "org.varlink.service.InvalidParameter"),
    ("org.tokenroll.Control.Entry", #"{"name": "one", "x": 1}"#, "org.varlink.service.InvalidParameter"),
    ("org.tokenroll.Control.Entry", #"{"name": "oen"}"#, "org.tokenroll.Control.NoSuchEntry"),
    ("org.tokenroll.Control.Roll", "{}", "org.varlink.service.InvalidParameter"),
    (
      "org.tokenroll.Control.Roll", #"{"entries": ["one"], "all": true}"#,
      "org.varlink.service.InvalidParameter"
    ),
    ("org.tokenroll.Control.Roll", #"{"entries": ["one", "x"]}"#, "org.tokenroll.Control.NoSuchEntry"),
    ("org.tokenroll.Control.Pause", #"{"reason": ""}"#, "org.varlink.service.InvalidParameter"),
    (
      "org.tokenroll.Control.Pause", #"{"reason": "a", "until": "2001-01-01T00:00:00Z"}"#,
      "org.varlink.service.InvalidParameter"
    ),
    ("org.tokenroll.Control.Watch", "{}", "org.varlink.service.ExpectedMore"),
    ("org.tokenroll.Control.History", #"{"limit": 1001}"#, "org.varlink.service.InvalidParameter"),
  ]) func aMistakeIsNamed(_ method: String, _ parameters: String, _ error: String) throws {
    let (sandbox, workspace, service) = try begin()
    let client = try ControlSocketClient(workspace.control)
    client.send(method, parameters)
    #expect(try client.receive()?["error"]?.string == error)
    // The connection is as good as before.
    #expect(
      try client.call("Entry", #"{"name": "one"}"#).last?["parameters"]?["entry"]?["name"]?.string == "one")
    #expect(try sandbox.rolls(of: sandbox.token("token-1")) == 0)
    #expect(try service.stop() == 0)
  }

  @Test func callsAreAnsweredInTheirOrderAndOnewayOnesNotAtAll() throws {
    let (_, workspace, service) = try begin()
    let client = try ControlSocketClient(workspace.control)
    client.send("org.tokenroll.Control.Status", oneway: true)
    client.send("org.tokenroll.Control.Metrics")
    client.send("org.tokenroll.Control.History")
    client.send("org.tokenroll.Control.Nothing", oneway: true)
    client.send("org.tokenroll.Control.Status", more: true)
    client.finish()
    #expect(try client.receive()?["parameters"]?["text"]?.string?.hasSuffix("# EOF\n") == true)
    #expect(try client.receive()?["parameters"]?["rolls"]?.kind == .array)
    #expect(try client.receive()?["parameters"]?["version"]?.kind == .string)
    // All is answered: the service hangs up too.
    #expect(try client.receive() == nil)
    #expect(try service.stop() == 0)
  }

  @Test func aWatcherSeesEveryEvent() throws {
    let (_, workspace, service) = try begin()
    let watcher = try ControlSocketClient(workspace.control)
    watcher.send("org.tokenroll.Control.Watch", more: true)
    #expect(try watcher.receive()?["parameters"]?["event"]?.kind == .null)
    let answers = try ControlSocketClient(workspace.control).call(
      "Roll", #"{"entries": ["one"]}"#, more: true)
    let phases = answers.compactMap { $0["parameters"]?["progress"]?["phase"]?.string }
    #expect(
      phases == [
        "preflight", "inspecting", "intending", "intended", "escrowing", "escrowed", "published", "verified",
        "waiting",
      ])
    #expect(answers.last?["parameters"]?["progress"]?["result"]?.string == "settled")
    var kinds: [String] = []
    while kinds.last != "rollSettled" {
      let event = try #require(try watcher.receive()?["parameters"]?["event"])
      kinds.append(event["event"]?.string ?? "")
      #expect(event["message"]?.string?.isEmpty == false)
    }
    try service.event("rollSettled", entry: "one")
    let log = service.events.map(\.kind)
    #expect(kinds == Array(log.suffix(from: try #require(log.firstIndex(of: "operatorRequest")))))
    #expect(try service.stop() == 0)
    // The end of the service ends the stream, after its last events.
    while try watcher.receive() != nil {}
  }

  @Test func noClientDelaysARoll() throws {
    let (sandbox, workspace, service) = try begin(ServiceConfiguration.Entry.every("1s"))
    var clients: [ControlSocketClient] = []
    // Half a message; what is no message; 10 MiB without an end; one that asks and never reads; many at once.
    for _ in 0..<4 {
      let half = try ControlSocketClient(workspace.control)
      half.send(Array(#"{"method": "org.tokenroll.Con"#.utf8))
      let nonsense = try ControlSocketClient(workspace.control)
      nonsense.send([0xFF, 0x00, 0x7B, 0x00])
      #expect(try nonsense.receive() == nil)
      let flood = try ControlSocketClient(workspace.control)
      #expect(!flood.send([UInt8](repeating: 65, count: 10 << 20)))
      let deaf = try ControlSocketClient(workspace.control)
      deaf.send("org.tokenroll.Control.Watch", more: true)
      let call = Array(#"{"method": "org.tokenroll.Control.Metrics"}"#.utf8) + [0]
      let asking = try ControlSocketClient(workspace.control)
      asking.send(Array(repeatElement(call, count: 1_000).joined()))
      clients += [half, nonsense, flood, deaf, asking]
    }
    for _ in 0..<100 { clients.append(try ControlSocketClient(workspace.control)) }
    let settled = service.events("rollSettled").count
    try service.event("rollSettled", count: settled + 3)
    // An operator is let in all the same.
    let status = try workspace.command("status")
    #expect(status.status == 0, "\(status.errorText)")
    let descriptors = TemporaryDirectory.names("/proc/\(service.process.pid)/fd").count
    #expect(descriptors < 150, "\(descriptors)")
    clients = []
    #expect(try service.stop() == 0)
    #expect(try workspace.publishedText("one") == sandbox.token("token-1").secret)
    #expect(try workspace.outcomes().allSatisfy { $0 == "settled" })
  }

  /// Whether another user can be taken on.
  static let canBecomeAnother =
    geteuid() == 0 && (try? TestProcess.run("setpriv", ["--version"]))?.status == 0

  @Test(.enabled(if: Self.canBecomeAnother, "needs root, and setpriv(1)"))
  func othersMayReadAndNotChange() throws {
    let runtime = try TemporaryDirectory()
    chmod(runtime.path, 0o755)
    let (sandbox, workspace, service) = try begin(environment: [
      "RUNTIME_DIRECTORY": "\(runtime.path):/elsewhere"
    ])
    let socket = runtime.path("control")
    #expect(access(workspace.control, F_OK) != 0)
    // As for a member of the socket's group.
    chmod(socket, 0o666)
    func asNobody(_ arguments: String...) throws -> TestProcess.Result {
      try TestProcess.run(
        "setpriv",
        ["--reuid=65534", "--regid=65534", "--clear-groups", TestProcess.product("tokenroll")] + arguments + [
          "--socket", socket,
        ])
    }
    #expect(try asNobody("status").status == 0)
    let refusal = try asNobody("retry")
    #expect(refusal.status == 77)
    #expect(refusal.errorText == "tokenroll: only root may ask for this\n")
    #expect(try asNobody("reload").status == 77)
    #expect(try asNobody("roll", "one", "--yes").status == 77)
    #expect(try asNobody("pause", "--reason", "mischief").status == 77)
    #expect(try asNobody("resume").status == 77)
    #expect(try sandbox.rolls(of: sandbox.token("token-1")) == 0)
    #expect(service.events("operatorRequest").isEmpty)
    chmod(socket, 0o660)
    chown(socket, 0, 4)
    let outside = try asNobody("status")
    #expect(outside.status == 69)
    #expect(
      outside.errorText.contains("permission denied (EACCES); root and the members of the group adm may"),
      "\(outside.errorText)")
    #expect(try service.stop() == 0)
  }

  @Test func theServiceWorksWithoutASocket() throws {
    let sandbox = try SandboxUnderTest()
    let workspace = try Workspace(sandbox)
    var configuration = workspace.configuration
    configuration.entries = [workspace.entry("one", try sandbox.token("token-1"))]
    // The path is longer than a socket's can be.
    let service = try workspace.start(
      configuration, environment: ["RUNTIME_DIRECTORY": "/tmp/" + String(repeating: "x", count: 200)])
    try service.event("controlUnavailable")
    try service.event("rollSettled", entry: "one")
    #expect(try service.stop() == 0)
  }

  /// An interpreter that has the package `varlink`; nil where there is none.
  static let interpreter: String? = {
    let python = getenv("TOKENROLL_SDK_PYTHON").map { String(cString: $0) } ?? "python3"
    return (try? TestProcess.run(python, ["-c", "import varlink"]))?.status == 0 ? python : nil
  }()

  @Test(
    .enabled(if: Self.interpreter != nil, "TOKENROLL_SDK_PYTHON names no Python with the package varlink"))
  func anotherImplementationOfTheProtocolUnderstandsUs() throws {
    let python = try #require(Self.interpreter)
    let (_, workspace, service) = try begin()
    let script = Repository.path("Tests/EndToEndTests/ControlVarlinkCheck.py")
    let result = try TestProcess.run(python, ["-B", script, workspace.control])
    #expect(result.status == 0, "\(result.errorText)")
    #expect(result.outputText == "every method works\n")
    #expect(try service.stop() == 0)
  }
}
