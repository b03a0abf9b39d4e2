import Glibc
import JSON
import TestSupport
import Testing

/// The service rolls what is due and publishes it as configured.
@Suite struct ServiceRollTests {
  @Test func secretsArePublishedInEveryFormatWithTheirRights() throws {
    let sandbox = try SandboxUnderTest(tls: true)
    let workspace = try Workspace(sandbox)
    var configuration = workspace.configuration
    let token = try sandbox.token("token-1")
    let isRoot = geteuid() == 0
    let rights = isRoot ? ["owner": "\"nobody\"", "group": "\"daemon\""] : [:]
    configuration.entries = [
      workspace.entry(
        "all", token,
        publish: [
          .init(file: workspace.published + "/raw"),
          .init(file: workspace.published + "/env", format: "env", mode: "0640", others: ["key": "\"NAME\""]),
          .init(file: workspace.published + "/json", format: "json", mode: "0440"),
          .init(file: workspace.published + "/r2-env", format: "r2-env", mode: "0400"),
          .init(file: workspace.published + "/r2-json", format: "r2-json", others: rights),
        ])
    ]
    let service = try workspace.start(configuration)
    try service.event("rollSettled", entry: "all")
    #expect(try service.stop() == 0)

    let secret = try sandbox.token("token-1").secret
    #expect(secret != token.secret)
    let hash = try TestProcess.run("sha256sum", [], input: secret).outputText.prefix(64)
    func json(_ name: String) throws -> JSONNode {
      try JSONDocument(parsing: contents(of: "\(workspace.published)/\(name)")).root
    }
    #expect(workspace.publishedText("raw") == secret)
    #expect(workspace.publishedText("env") == "NAME=\(secret)\n")
    #expect(try json("json")["token"]?.string == secret)
    #expect(try json("json")["token_id"]?.string == token.id)
    #expect(
      workspace.publishedText("r2-env") == "AWS_ACCESS_KEY_ID=\(token.id)\nAWS_SECRET_ACCESS_KEY=\(hash)\n")
    #expect(try json("r2-json")["access_key_id"]?.string == token.id)
    #expect(try json("r2-json")["secret_access_key"]?.string == String(hash))

    let modes: [String: UInt32] = [
      "raw": 0o600, "env": 0o640, "json": 0o440, "r2-env": 0o400, "r2-json": 0o600,
    ]
    for (name, mode) in modes {
      let status = try FileStatus("\(workspace.published)/\(name)")
      #expect(status.mode == mode, "\(name)")
      let isGiven = isRoot && name == "r2-json"
      #expect(status.owner == (isGiven ? 65_534 : geteuid()), "\(name)")
      #expect(status.group == (isGiven ? 1 : getegid()), "\(name)")
    }
    #expect(try sandbox.rolls(of: token) == 1)
    #expect(try workspace.outcomes() == ["settled"])
    #expect(workspace.escrowed.isEmpty && workspace.temporaries.isEmpty)
  }

  @Test func aTokenIsRolledAgainAndAgainWhenItIsDue() throws {
    let sandbox = try SandboxUnderTest()
    let workspace = try Workspace(sandbox)
    var configuration = workspace.configuration
    let token = try sandbox.token("token-1")
    configuration.entries = [
      workspace.entry("often", token, schedule: ServiceConfiguration.Entry.every("1s"))
    ]
    let service = try workspace.start(configuration)
    try service.event("rollSettled", entry: "often", count: 4)
    #expect(try service.stop() == 0)
    #expect(try workspace.publishedText("often") == sandbox.token("token-1").secret)
    let rolls = try sandbox.rolls(of: token)
    #expect(rolls >= 4)
    #expect(try workspace.outcomes() == Array(repeating: "settled", count: Int(rolls)))
  }

  @Test func nothingIsRolledBecauseOfARestart() throws {
    let sandbox = try SandboxUnderTest()
    let workspace = try Workspace(sandbox)
    var configuration = workspace.configuration
    let token = try sandbox.token("token-1")
    configuration.entries = [workspace.entry("once", token)]
    try workspace.start(configuration).stopped(after: "rollSettled")
    for _ in 0..<3 { try workspace.restart().stopped(after: "serviceReady") }
    let last = try workspace.restart()
    try last.event("serviceReady")
    try last.crash()
    try workspace.restart().stopped(after: "serviceReady")
    #expect(try sandbox.rolls(of: token) == 1)
    #expect(
      try sandbox.administer("GET", "/requests?call=roll")["requests"]?.elements.map { _ in 1 }.count == 1)
  }

  @Test func theCredentialDoesNotFollowARedirect() throws {
    let (sandbox, other) = (try SandboxUnderTest(), try SandboxUnderTest())
    let workspace = try Workspace(sandbox)
    var configuration = workspace.configuration
    let token = try sandbox.token("token-1")
    configuration.entries = [workspace.entry("led", token)]
    for status in [301, 302, 303, 307, 308] {
      try sandbox.addFault(
        #"{"kind":"redirect","status":\#(status),"location":"\#(other.base)/accounts/\#(token.account)/tokens","call":"roll"}"#
      )
    }
    let service = try workspace.start(configuration)
    try service.event("rollUncertain", count: 2)
    try service.event("rollDidNotHappen", count: 2)
    try sandbox.administer("DELETE", "/faults")
    try service.event("rollSettled")
    #expect(try service.stop() == 0)
    #expect(try other.administer("GET", "/requests")["requests"]?.elements.map { $0 }.isEmpty == true)
    #expect(try sandbox.rolls(of: token) == 1)
  }

  @Test func theServiceLinksNoFoundation() throws {
    for arguments in [["-d"], ["-d", "--dyn-syms"]] {
      let result = try TestProcess.run("readelf", arguments + [TestProcess.product("tokenroll")])
      #expect(result.status == 0)
      #expect(result.outputText.contains("libcurl.so"))
      #expect(!result.outputText.contains("Foundation"))
    }
    // What the libraries pull in.
    let libraries = try TestProcess.run("ldd", [TestProcess.product("tokenroll")]).outputText
    #expect(libraries.contains("libsystemd.so"))
    #expect(!libraries.contains("Foundation"))
  }
}

extension RunningService {
  /// Stops the service once the event has come; it has to end well.
  func stopped(after kind: String) throws {
    try event(kind)
    let status = try stop()
    guard status == 0 else { throw TestFailure("exit status \(status)") }
  }
}
