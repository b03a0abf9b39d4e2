import Glibc
import JSON
import TestSupport
import Testing

/// No part of a secret is anywhere but in a destination, or in escrow while it is needed.
@Suite struct SecrecyTests {
  @Test func aWholeLifeLeavesNoPartOfASecretBehind() throws {
    let sandbox = try SandboxUnderTest(options: ["--tokens", "6"], tls: true)
    let workspace = try Workspace(sandbox)
    var secrets = Set(try sandbox.tokens().map(\.secret))
    let tokens = try sandbox.tokens().filter { $0.name != "credential" }
    var configuration = workspace.configuration
    configuration.api["timeout"] = "\"10s\""
    configuration.metrics = #"{"file": "\#(workspace.directory.path("tokenroll.prom"))", "every": "1s"}"#
    configuration.entries = tokens.enumerated().map { index, token in
      workspace.entry(
        "entry-\(index)", token, schedule: ServiceConfiguration.Entry.every(index == 0 ? "2s" : "1y"))
    }
    // What everybody may see of a program is kept, and what it prints is the secret.
    configuration.entries[0].programs["run"] = workspace.shell(
      "cat /proc/$$/environ /proc/$$/cmdline >\"$0\"; echo \"it reads $(cat)\"", "seen", ["stdin": "true"])
    configuration.entries[0].publish[0].others["keep_previous"] = "1"
    let directory = try workspace.directory.makeDirectory("published/entry-1.d")
    let template = try workspace.directory.write("template", "bearer {{secret|json}}\n")
    configuration.entries[1].publish += [
      .directory(directory, files: #"[{"name": "token"}]"#),
      .init(
        file: "\(workspace.published)/entry-1.conf", format: "template",
        others: ["template": ServiceConfiguration.quoted(template)]),
    ]
    // One of them is a credential of the service as well.
    configuration.credentials["own"] = try workspace.directory.write("own", tokens[5].secret)
    configuration.entries[5].provide = "own"
    let known = String(repeating: "UnusualSecret", count: 4)
    secrets.insert(known)
    _ = try workspace.directory.write("published/entry-0", tokens[0].secret)
    func fault(_ token: Int, _ members: String) throws {
      try sandbox.addFault(#"{\#(members),"call":"roll","token":"\#(tokens[token].id)"}"#)
    }
    try fault(1, #""kind":"cut","at":30"#)
    // The roll that cures waits, so that the secret that was cut is seen here.
    try fault(1, #""kind":"delay","delay_before_ms":1500"#)
    try fault(2, #""kind":"refuse","status":403,"message":"no \#(tokens[2].secret) here""#)
    try fault(3, #""kind":"result","json":"\"\#(known)\"""#)
    // Long enough to put something in the way of its publication.
    try fault(4, #""kind":"delay","delay_after_ms":7000"#)
    try fault(5, #""kind":"html","status":502"#)

    var log = ""
    var spoken = ""
    let service = try workspace.start(configuration)
    try sandbox.administer("GET", "/wait?rolls=1&token=\(tokens[1].id)")
    secrets.formUnion(try sandbox.tokens().map(\.secret))
    try sandbox.administer("GET", "/wait?rolls=1&token=\(tokens[4].id)")
    secrets.formUnion(try sandbox.tokens().map(\.secret))
    spoken += Self.selfDescription(service.process.pid)
    // A directory in the way, so that a secret lies in escrow when the process is killed.
    let file = "\(workspace.published)/entry-4"
    _ = try TestProcess.run("mkdir", [file])
    try service.event("publicationFailed", entry: "entry-4")
    try service.event("secretRefused", entry: "entry-3")
    try service.event("rollRefusedForGood", entry: "entry-2")
    service.signal(SIGHUP)
    try service.event("configurationReloaded")
    spoken += Self.selfDescription(service.process.pid)
    secrets.formUnion(try sandbox.tokens().map(\.secret))
    try service.crash()
    log += service.lines.joined(separator: "\n")
    #expect(workspace.escrowed.filter { !$0.hasPrefix(".") }.count >= 1)

    rmdir(file)
    let next = try workspace.restart()
    for index in [1, 4, 5] { try next.eventUnlessSettled(workspace, "entry-\(index)") }
    try next.event("rollSettled", entry: "entry-0", count: 2)
    // No roll begins from here on, so that none is in hand at the stop.
    configuration.entries[0].schedule = ServiceConfiguration.Entry.every("1y")
    _ = try workspace.write(configuration)
    next.signal(SIGHUP)
    try next.event("configurationReloaded")
    try next.event("rollSettled", entry: "entry-0", count: next.events("rollStarted", entry: "entry-0").count)
    secrets.formUnion(try sandbox.tokens().map(\.secret))
    spoken += Self.selfDescription(next.process.pid)
    #expect(try next.stop() == 0)
    secrets.formUnion(try sandbox.tokens().map(\.secret))
    log += next.lines.joined(separator: "\n")

    // Of those that were in force for two seconds, this one is known for certain.
    secrets.insert(try #require(workspace.publishedText("entry-0.1")))
    let parts = SecretParts(secrets)
    // The search finds what is there.
    for name in ["entry-1", "entry-1.d/current/token", "entry-1.conf", "entry-0"] {
      #expect(parts.found(in: try contents(of: "\(workspace.published)/\(name)")), "\(name)")
    }
    #expect(parts.found(in: Array("xx\(known.prefix(13))".utf8)))
    #expect(!parts.found(in: Array(log.utf8)))
    #expect(!parts.found(in: Array(spoken.utf8)))
    #expect(spoken.contains("tokenroll"))
    #expect(log.contains("it reads <redacted>"))
    #expect(try contents(of: workspace.directory.path("seen")).count > 100)
    for path in Workspace.files(under: workspace.path) {
      if path.hasPrefix(workspace.published + "/entry-") || path == workspace.directory.path("credential") {
        continue
      }
      if path == workspace.directory.path("own") || path.hasPrefix(workspace.successors + "/own.") {
        continue
      }
      #expect(!parts.found(in: try contents(of: path)), "\(path)")
    }
    #expect(TemporaryDirectory.names(workspace.state).contains("rolls.db"))
    #expect(TemporaryDirectory.names(workspace.directory.path).contains("tokenroll.prom"))
    #expect(workspace.escrowed.isEmpty && workspace.temporaries.isEmpty)
    let own = try sandbox.tokens().first { $0.id == tokens[5].id }
    #expect(workspace.credential("own") == own?.secret)
  }

  /// What everybody on the machine may see of a process.
  private static func selfDescription(_ pid: pid_t) -> String {
    ["cmdline", "environ", "comm", "status"].map { name in
      String(decoding: (try? contents(of: "/proc/\(pid)/\(name)")) ?? [], as: UTF8.self)
    }.joined()
  }
}

extension RunningService {
  /// Waits until the entry's roll has settled, in this life or the one before.
  fileprivate func eventUnlessSettled(_ workspace: Workspace, _ entry: String) throws {
    try event("serviceReady")
    let result = try TestProcess.run(
      TestProcess.product("tokenroll"),
      ["history", "--config", workspace.configurationFile, "--json", "--entry", entry, "--limit", "1"])
    let last = try JSONDocument(parsing: result.output).root.elements.first { _ in true }
    if last?["outcome"]?.string != "settled" { try event("rollSettled", entry: entry) }
  }
}
