import Core
import TestSupport
import Testing

@testable import Store

/// What replacements leave behind is in the state at every moment.
@Suite struct DeletionTests {
  private let directory: TemporaryDirectory
  private let store: RollStore
  private let row: Int64
  private static let now = Timestamp(seconds: 1_000)
  private static let machine = String(repeating: "0", count: 32)

  init() throws {
    directory = try TemporaryDirectory(in: "/dev/shm")
    store = try RollStore(directory: directory.path, machineID: Self.machine)
    row = try #require(try store.enroll([("account", "old")], at: Timestamp(seconds: 7)).first).row
  }

  private func begin(_ number: UInt64) throws -> RollID {
    var roll = UnsettledRoll(id: RollID(high: 0, low: number), cause: .schedule, startedAt: Self.now)
    roll.isReplacement = true
    try store.recordIntent(roll, token: row, entry: "edge", credential: "main")
    return roll.id
  }

  private func settle(_ outcome: RollOutcome, _ replacement: Replacement) throws {
    try store.settle(
      token: row, outcome, detail: nil, fingerprint: nil, rolledAt: Self.now, outage: nil, failures: 0,
      doubtUntil: nil, nextDue: nil, replacement: replacement, at: Self.now)
  }

  private func withdraw(_ outcome: RollOutcome) throws {
    try store.withdraw(
      token: row, outcome, reason: "", owesCure: false, failures: 1, doubtUntil: nil, at: Self.now)
  }

  @Test func whatARollInHandCreatesIsNotDeleted() throws {
    _ = try begin(1)
    #expect(try store.deletions().isEmpty)
    #expect(try store.unsettled().first?.roll.isReplacement == true)
  }

  @Test func theOldTokenIsDeletedAfterASettlementAndTheNewOneIsInForce() throws {
    let roll = try begin(1)
    let due = Self.now + .hours(1)
    try settle(.settled, Replacement(currentID: "new", surplusID: "old", due: due))
    let deletion = try #require(try store.deletions().first)
    #expect(deletion.tokenID == "old" && deletion.due == due && deletion.roll == roll)
    #expect(deletion.accountID == "account" && deletion.entry == "edge" && deletion.credential == "main")
    let record = try #require(try store.tokens().first)
    #expect(record.tokenID == "new" && record.enrolledID == "old" && record.ids == ["new", "old"])
    try store.forget(deletion)
    #expect(try store.deletions().isEmpty)
  }

  @Test func sinceWhenADeletionFailsIsKept() throws {
    _ = try begin(1)
    try settle(.settled, Replacement(currentID: "new", surplusID: "old", due: Self.now))
    var deletion = try #require(try store.deletions().first)
    #expect(deletion.trouble == nil)
    deletion.trouble = Deletion.Trouble(since: Self.now + .seconds(1), reason: "refused")
    try store.keep(deletion)
    #expect(try store.deletions() == [deletion])
    deletion.trouble = nil
    try store.keep(deletion)
    #expect(try store.deletions() == [deletion])
  }

  /// The commands read the state of an earlier version until the service is started that brings it forward.
  @Test(arguments: [1, 6]) func aStateOfAnEarlierVersionIsRead(version: Int) throws {
    let former = try TemporaryDirectory(in: "/dev/shm")
    let database = try Database.former(version, in: former, machine: Self.machine)
    if version > 1 {
      try database.execute(
        "INSERT INTO deletions (token, token_id, roll_id, entry, credential, due) "
          + "VALUES (1, 'old', '\(RollID(high: 0, low: 1))', 'edge', 'main', 8000000)")
    }
    let wanted = version > 1 ? ["old"] : []
    let history = try RollHistory(directory: former.path)
    #expect(try history.deletions().map(\.tokenID) == wanted)
    let store = try RollStore(directory: former.path, machineID: Self.machine)
    #expect(try store.deletions().map(\.tokenID) == wanted)
    #expect(try store.deletions().allSatisfy { $0.trouble == nil })
  }

  @Test func aRowIsFoundByTheIdentifierThatTheConfigurationHasNow() throws {
    for (number, change) in [(UInt64(1), ("new", "old")), (2, ("newest", "new"))] {
      _ = try begin(number)
      try settle(.settled, Replacement(currentID: change.0, surplusID: change.1, due: Self.now))
      if number == 1 { try store.nameByCurrent(row) }
    }
    #expect(try store.tokens().map(\.ids) == [["newest", "new"]])
  }

  @Test func aNewTokenThatWasWithheldIsDeletedAndTheOldOneStays() throws {
    _ = try begin(1)
    try settle(.withheld, Replacement(currentID: nil, surplusID: "new", due: Self.now))
    #expect(try store.deletions().map(\.tokenID) == ["new"])
    #expect(try store.tokens().first?.tokenID == "old")
  }

  @Test func whatALostAnswerMayHaveMadeIsLookedFor() throws {
    let roll = try begin(1)
    try withdraw(.didNotHappen)
    var deletion = try #require(try store.deletions().first)
    #expect(deletion.tokenID == nil && deletion.roll == roll && deletion.due == Self.now)
    #expect(deletion.until == Self.now + .days(1))
    (deletion.tokenID, deletion.failures) = ("found", 3)
    try store.keep(deletion)
    #expect(try store.deletions() == [deletion])
  }

  @Test func aClockThatIsSetForwardDoesNotEndTheSearch() throws {
    _ = try begin(1)
    try withdraw(.didNotHappen)
    let deletion = try #require(try store.deletions().first)
    #expect(deletion.lookedFor(since: Self.now) == nil)
    let longer = try #require(deletion.lookedFor(since: Self.now + .days(40)))
    #expect(longer.until == Self.now + .days(40) + .hours(1) && longer.due == deletion.due)
    #expect(longer.lookedFor(since: Self.now + .days(40)) == nil)
    var known = deletion
    (known.tokenID, known.until) = ("old", nil)
    #expect(known.lookedFor(since: Self.now + .days(40)) == nil)
  }

  @Test func aRefusalLeavesNothing() throws {
    _ = try begin(1)
    try withdraw(.notRolled)
    #expect(try store.deletions().isEmpty)
    // Nor does the next roll take it for one that came to nothing.
    _ = try begin(2)
    #expect(try store.deletions().isEmpty)
  }

  @Test func anIntentInThePlaceOfAnotherLosesNothing() throws {
    let (first, _) = (try begin(1), try begin(2))
    #expect(try store.deletions().map(\.roll) == [first])
  }
}
