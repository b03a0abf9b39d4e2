import TestSupport
import Testing

/// What consumers notice of rolls: of an alternating pair, nothing.
@Suite struct ConsumerTests {
  /// How often each entry is rolled.
  private static let rotations = isSoak ? 1_000 : 5

  /// The next roll comes when consumers have taken the last secret into use, as they have a whole period for it.
  @Test func consumersOfAPairAreNeverRefused() throws {
    let sandbox = try SandboxUnderTest()
    let workspace = try Workspace(sandbox, in: .memory)
    let tokens = try (1...3).map { try sandbox.token("token-\($0)") }
    // A request to roll takes effect, and its answer is a tenth of a second on its way.
    try sandbox.addFault(#"{"kind":"delay","delay_after_ms":100,"call":"roll","count":"forever"}"#)
    let later = #"{"every": "1y", "jitter": "0s"}"#
    var configuration = workspace.configuration
    configuration.entries = [
      workspace.entry("pair", tokens[0], schedule: later),
      workspace.entry("single", tokens[2], schedule: later),
    ]
    configuration.entries[0].twin = tokens[1].id
    configuration.api["rate_limit"] = #"{"requests": 1000000, "per": "1s"}"#
    _ = try workspace.directory.write("published/pair", tokens[0].secret)
    _ = try workspace.directory.write("published/single", tokens[2].secret)
    let service = try workspace.start(configuration, level: "info")
    try service.event("serviceReady")
    let consumers = ["pair", "single"].map {
      ConsumerUnderTest(sandbox, account: tokens[0].account, file: "\(workspace.published)/\($0)")
    }
    try consumers[0].uses(tokens[0].secret)
    try consumers[1].uses(tokens[2].secret)
    for _ in 0..<Self.rotations {
      let result = try workspace.command("roll", "pair", "single", "--yes")
      try #require(result.status == 0, "\(result.errorText)")
      for (name, consumer) in zip(["pair", "single"], consumers) {
        try consumer.uses(try #require(workspace.publishedText(name)))
      }
    }
    let (pair, single) = (consumers[0].tally, consumers[1].tally)
    print(
      "consumers, \(Self.rotations) rotations: of the pair \(pair.refused) of \(pair.refused + pair.accepted) calls refused, "
        + "of the single token \(single.refused) of \(single.refused + single.accepted)")
    #expect(pair.refused == 0)
    // The measurement sees what there is to be seen.
    #expect(single.refused > 0)
    #expect(try service.stop() == 0)
    let rolls = try tokens.map { try sandbox.rolls(of: $0) }
    #expect(rolls[0] + rolls[1] == Int64(Self.rotations) && rolls[2] == Int64(Self.rotations))
    #expect(abs(rolls[0] - rolls[1]) <= 1)
  }
}
