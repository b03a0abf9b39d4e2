import Core
import Testing

@testable import SimulatedWorld

/// Worlds by the seed; `Tests/run.sh` lets ten thousand of them run in a release build.
struct SimulationTests {
  @Test(arguments: [UInt64(0), 1, 2, 3])
  func everyPromiseIsKept(block: UInt64) {
    for seed in (block * 40 + 1)...(block * 40 + 40) {
      let (_, violation) = Simulation(entries: 4, years: 1).run(seed: seed)
      #expect(
        violation == nil,
        "replay: swift run -c release simulation --entries 4 --years 1 --days 30 --replay \(seed)")
    }
  }

  @Test func sameSeedGivesTheSameWorld() {
    func trace() -> [String] {
      var lines: [String] = []
      _ = Simulation(entries: 3, years: 1).run(seed: 77) { lines.append($0) }
      return lines
    }
    let first = trace()
    #expect(first.count > 500)
    #expect(first == trace())
  }

  @Test func worldsGoThroughEverythingThatTheyAreFor() {
    var totals = Totals()
    for seed in 1...60 as ClosedRange<UInt64> {
      totals += Simulation(entries: 4, years: 1).run(seed: seed).totals
    }
    #expect(totals.crashes > 100)
    #expect(totals.uncertain > 100)
    #expect(totals.late > 50)
    #expect(totals.cures > 100)
    #expect(totals.clockSteps > 50)
    #expect(totals.foreignRolls > 50)
    #expect(totals.settled > 1_000)
    #expect(totals.creations > 500 && totals.deletions > 500)
  }

  /// Each fault that is planted has to be found, and by the promise that it breaks.
  @Test(arguments: [
    Planted("escrow after publication", within: 5, "published before it was made durable") {
      EscrowAfterPublication($0)
    },
    Planted("intent after the request", within: 5, "its intent is not durable") { IntentAfterRequest($0) },
    Planted("a 5xx is repeated", within: 20, "is sent a second time") { RepeatedRequest($0) },
    Planted("a 5xx is taken for a refusal", within: 20, "recorded as") {
      ErrorTakenForRefusal($0)
    },
    Planted("the escrow is erased before the history", within: 5, "before the history is durable") {
      EscrowErasedEarly($0)
    },
    Planted("no time to settle", within: 100, "not having taken place") { NoTimeToSettle($0) },
    Planted("no confirmation", within: 100, "is in force") { NoConfirmation($0) },
    Planted("silence is taken for a refusal", within: 100, "consumers have the secret in force") {
      SilenceTakenForRefusal($0)
    },
    Planted("no wake after a failed publication", within: 20, "is stuck") { ForgottenWake($0) },
    Planted("the escrow of a replaced secret stays", within: 100, "escrow of roll") { EscrowLeftBehind($0) },
    Planted("the token in use is rolled", within: 60, "whose secret consumers hold") {
      RollOfTheOneInUse($0)
    },
    Planted("publication before the proof", within: 20, "before it was proved") {
      PublicationBeforeProof($0)
    },
    Planted("a pair is published from memory", within: 400, "whose secret consumers hold") {
      PublicationFromMemory($0)
    },
    Planted("the order of a pair goes by the clock", within: 100, "is to be rolled again") {
      OrderByTheClock($0)
    },
    Planted("a creation is not expected", within: 20, "what it may create is not durable") {
      CreationNotExpected($0)
    },
    Planted("the replaced token is deleted at once", within: 40, "before its grace is over") { NoGrace($0) },
    Planted("the new token is deleted", within: 40, "is deleted") {
      DeletionOfTheNewOne($0)
    },
    Planted("a lost creation is taken for a refusal", within: 100, "after it was recorded as refused") {
      LostCreationTakenForRefusal($0)
    },
    Planted("the new token is deleted after a crash", within: 100, "is left, and nothing says so") {
      EscrowOfTheOldToken($0)
    },
  ])
  func aPlantedFaultIsFound(planted: Planted) throws {
    let simulation = Simulation(entries: 4, years: 1)
    var found: Violation?
    for seed in 1...planted.seeds where found == nil {
      found = simulation.run(seed: seed, makeDriver: { planted.driver(($0, $1, $2)) }).violation
    }
    let violation = try #require(found, "not found within \(planted.seeds) seeds")
    #expect(violation.text.contains(planted.promise), "found otherwise: \(violation)")
  }
}

/// A driver with a fault, and how it is to be found.
struct Planted: CustomTestStringConvertible {
  typealias Parts = (world: World, slot: Int, records: Records)

  let testDescription: String
  let seeds: UInt64
  let promise: String
  let driver: @Sendable (Parts) -> EntryDriver

  init(
    _ description: String, within seeds: UInt64, _ promise: String,
    driver: @escaping @Sendable (Parts) -> EntryDriver
  ) {
    testDescription = description
    self.seeds = seeds
    self.promise = promise
    self.driver = driver
  }
}

extension EntryDriver {
  convenience init(_ parts: Planted.Parts) {
    self.init(world: parts.world, slot: parts.slot, records: parts.records)
  }
}
