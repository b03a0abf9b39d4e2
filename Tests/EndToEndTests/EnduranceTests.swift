import Glibc
import JSON
import TestSupport
import Testing

/// The service at work for a while: among faults that come and go, and without leaks.
@Suite struct EnduranceTests {
  /// How long the faults go on, in seconds.
  private static let span =
    getenv("TOKENROLL_SOAK_SECONDS").flatMap { Int(String(cString: $0)) } ?? (isSoak ? 3_600 : 60)
  /// How many rolls are counted for leaks.
  private static let rolls =
    getenv("TOKENROLL_SOAK_ROLLS").flatMap { Int(String(cString: $0)) } ?? (isSoak ? 100_000 : 300)

  static let kinds = [
    #""kind":"reset""#, #""kind":"reset","commit":"yes""#, #""kind":"close","commit":"yes""#,
    #""kind":"refuse","status":503"#, #""kind":"refuse","status":500,"commit":"yes""#,
    #""kind":"html","status":502"#,
    #""kind":"hang","for_ms":1500"#, #""kind":"hang","for_ms":1500,"commit":"yes""#, #""kind":"cut","at":25"#,
    #""kind":"delay","delay_after_ms":700"#, #""kind":"empty","status":520"#, #""kind":"no-result""#,
    #""kind":"reset","commit_after_ms":300"#, #""kind":"status-line""#,
    #""kind":"drip","bytes_per_second":400"#,
  ]

  @Test func everyFileHoldsTheSecretInForceAfterATimeOfFaults() throws {
    let sandbox = try SandboxUnderTest(options: ["--tokens", "10", "--seed", "7"], tls: true)
    let workspace = try Workspace(sandbox)
    let tokens = try sandbox.tokens().filter { $0.name != "credential" }
    var configuration = workspace.configuration
    configuration.api["settle_time"] = "\"1s\""
    configuration.api["timeout"] = "\"2s\""
    configuration.api["rate_limit"] = #"{"requests": 1000000, "per": "1s"}"#
    configuration.entries = tokens.enumerated().map { index, token in
      workspace.entry(
        "entry-\(index)", token, schedule: ServiceConfiguration.Entry.every("\(2 + index % 3)s"))
    }
    let service = try workspace.start(configuration)
    try service.event("rollSettled")
    var random = SeededNumbers(seed: 20_260_801)
    let start = time(nil)
    var changes = 0
    while time(nil) - start < Self.span {
      // One change for every two requests, by the server's own count.
      let received = try sandbox.administer("GET", "/wait?received=1")["count"]?.integer ?? 0
      if random.next(3) == 0 {
        try sandbox.administer("DELETE", "/faults")
      } else {
        let kind = Self.kinds[random.next(Self.kinds.count)]
        let calls = ["roll", "verify", "get", "roll+verify+get"][random.next(4)]
        try sandbox.addFault(
          #"{\#(kind),"call":"\#(calls)","count":\#(1 + random.next(4)),"probability":0.\#(2 + random.next(8))}"#
        )
      }
      changes += 1
      try sandbox.administer("GET", "/wait?received=\(received + 2)&timeout=60")
    }
    try sandbox.administer("DELETE", "/faults")
    // Once the faults are over, every entry settles, and the plan stands still.
    let settled = tokens.indices.map { service.events("rollSettled", entry: "entry-\($0)").count }
    for index in tokens.indices {
      try service.event("rollSettled", entry: "entry-\(index)", count: settled[index] + 2, within: 180)
    }
    #expect(try service.stop(within: 120) == 0)
    for entry in configuration.entries.indices {
      configuration.entries[entry].schedule = #"{"every": "10y", "jitter": "0s"}"#
    }
    // What was in hand at the stop is brought to its end by the next start.
    let inHand = Set(workspace.escrowed.compactMap { $0.split(separator: ".").first.map(String.init) })
    let last = try workspace.start(configuration)
    try last.event("serviceReady")
    for entry in inHand { try last.event("rollSettled", entry: entry) }
    #expect(try last.stop() == 0)

    let now = try sandbox.tokens()
    for (index, token) in tokens.enumerated() {
      let secret = now.first { $0.id == token.id }?.secret
      #expect(workspace.publishedText("entry-\(index)") == secret, "entry-\(index)")
    }
    #expect(workspace.escrowed.isEmpty && workspace.temporaries.isEmpty)
    let rolls = try sandbox.administer("GET", "/tokens")["rolls"]?.integer ?? 0
    let outcomes = try workspace.outcomes()
    print(
      "faults for \(Self.span) s: \(changes) changes, \(rolls) rolls, "
        + "\(outcomes.filter { $0 == "lost" }.count) answers lost and cured, "
        + "\(outcomes.filter { $0 == "did-not-happen" }.count) that did not happen")
  }

  @Test func manyRollsLeakNothing() throws {
    let sandbox = try SandboxUnderTest(options: ["--tokens", isSoak ? "50" : "20"], tls: true)
    let workspace = try Workspace(sandbox, in: .memory)
    let tokens = try sandbox.tokens().filter { $0.name != "credential" }
    let warmUp = isSoak ? 1_000 : 100
    var configuration = workspace.configuration
    // One connection, so that the number of descriptors does not depend on how requests meet.
    configuration.api["max_in_flight"] = "1"
    configuration.api["rate_limit"] = #"{"requests": 1000000, "per": "1s"}"#
    configuration.entries = tokens.enumerated().map { index, token in
      workspace.entry("entry-\(index)", token, schedule: ServiceConfiguration.Entry.every("1s"))
    }
    let service = try workspace.start(configuration, level: "notice")
    let pid = service.process.pid
    try service.event("rollSettled", count: warmUp)
    let before = try Self.usage(pid, service)
    try service.event("rollSettled", count: warmUp + Self.rolls, within: Double(60 + Self.rolls))
    let after = try Self.usage(pid, service)
    print(
      "\(Self.rolls) rolls: descriptors \(before.descriptors) before, \(after.descriptors) after; resident "
        + "\(before.resident) kB before, \(after.resident) kB after")
    #expect(after.descriptors == before.descriptors)
    #expect(after.resident - before.resident < (isSoak ? 1_024 : 4_096))
    #expect(try service.stop() == 0)
  }

  /// The least of a few readings, each after one more roll: in the middle of a roll there are more descriptors.
  private static func usage(_ pid: pid_t, _ service: RunningService) throws -> (
    descriptors: Int, resident: Int
  ) {
    var (descriptors, resident) = (Int.max, Int.max)
    for _ in 0..<40 {
      let count = service.events("rollSettled").count
      descriptors = min(descriptors, TemporaryDirectory.names("/proc/\(pid)/fd").count)
      let status = String(decoding: try contents(of: "/proc/\(pid)/status"), as: UTF8.self)
      let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
      resident = min(
        resident,
        line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) }
          ?? Int.max)
      try service.event("rollSettled", count: count + 1)
    }
    return (descriptors, resident)
  }
}

/// The same numbers at every run (Steele, Lea and Flood: SplitMix).
struct SeededNumbers {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// A number from 0 to `limit` - 1.
  mutating func next(_ limit: Int) -> Int {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return Int((mixed ^ (mixed >> 31)) % UInt64(limit))
  }
}
