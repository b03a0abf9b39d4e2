import Glibc
import TestSupport
import Testing

/// The service with thousands of entries.
@Suite struct ManyEntriesTests {
  private static let few = 500
  private static let many = 5_500
  /// In bytes, the text of its configuration not included. Rather less are needed.
  private static let mostForAnEntry = 1_024

  @Test func anEntryThatWaitsNeedsAKilobyteAtMost() throws {
    let sandbox = try SandboxUnderTest(options: ["--tokens", "1"], tls: true)
    let few = try Self.memory(entries: Self.few, sandbox)
    let many = try Self.memory(entries: Self.many, sandbox)
    for (moment, least, most) in [
      ("start", few.started, many.started), ("reloads", few.reloaded, many.reloaded),
    ] {
      let each = (most - least) / (Self.many - Self.few)
      print("private memory of an entry after \(moment): \(each) bytes")
      #expect(each > 200 && each <= Self.mostForAnEntry, "after \(moment)")
    }
  }

  /// The private memory of a service with so many entries, of which none is due: after its start, and after two reloads.
  private static func memory(
    entries: Int, _ sandbox: SandboxUnderTest
  ) throws -> (started: Int, reloaded: Int) {
    let workspace = try Workspace(sandbox, in: .memory)
    let account = try sandbox.token("credential").account
    var configuration = workspace.configuration
    configuration.entries = (0..<entries).map { index in
      let digits = String(index, radix: 16)
      return ServiceConfiguration.Entry(
        name: "entry-\(index)", account: account,
        token: String(repeating: "0", count: 32 - digits.count) + digits,
        schedule: ServiceConfiguration.Entry.later, publish: [.init(file: "\(workspace.published)/\(index)")])
    }
    let socket = try NotifySocket(workspace.directory.path("notify"))
    let service = try workspace.start(configuration, environment: ["NOTIFY_SOCKET": socket.path])
    _ = try socket.receive(until: "READY=1", within: 600)
    let started = try privateMemory(of: service)
    for _ in 0..<2 {
      service.signal(SIGHUP)
      _ = try socket.receive(until: "READY=1", within: 600)
    }
    let reloaded = try privateMemory(of: service)
    try service.event("configurationReloaded", count: 2)
    #expect(try service.stop() == 0)
    return (started, reloaded)
  }

  /// In bytes: what is in no file and shared with nobody (proc(5), smaps_rollup).
  private static func privateMemory(of service: RunningService) throws -> Int {
    let path = "/proc/\(service.process.pid)/smaps_rollup"
    let line = String(decoding: try contents(of: path), as: UTF8.self).split(separator: "\n")
      .first { $0.hasPrefix("Private_Dirty:") }
    guard let kibibytes = line?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
      throw TestFailure("\(path) says nothing of private memory")
    }
    return kibibytes * 1_024
  }
}
