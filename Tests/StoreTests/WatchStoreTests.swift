import Core
import TestSupport
import Testing

@testable import Store

/// What looks found is kept over restarts.
@Suite struct WatchStoreTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory(in: "/dev/shm") }

  private func open() throws -> RollStore {
    try RollStore(directory: directory.path, machineID: String(repeating: "a", count: 32))
  }

  @Test func looksAndStretchesSurviveAStop() throws {
    let store = try open()
    let rows = try store.enroll([("account", "a"), ("account", "b")], at: Timestamp(seconds: 7)).map(\.row)
    let (gone, refused) = (Drift(.fileMissing, file: "/srv/a"), Drift(.secretRefused))
    var log = DriftLog()
    let fingerprint = try #require(Fingerprint(bytes: (0..<32).map { UInt8($0) }))
    var mark = WatchMark(lookedAt: Timestamp(seconds: 8), verifiedAt: Timestamp(seconds: 8))
    let begun = log.note([gone: "a is gone", refused: "refused"], at: Timestamp(seconds: 8))
    try store.keepLook(token: rows[0], mark: mark, log: log, change: begun, fingerprint: fingerprint)
    #expect(try open().looks() == [rows[0]: mark])
    #expect(try open().drifts() == [rows[0]: log])
    #expect(try open().tokens().map(\.fingerprint) == [fingerprint, nil])

    mark = WatchMark(lookedAt: Timestamp(seconds: 9))
    let over = log.note([gone: "a is gone"], at: Timestamp(seconds: 9))
    try store.keepLook(token: rows[0], mark: mark, log: log, change: over, fingerprint: nil)
    #expect(try open().looks() == [rows[0]: mark])
    #expect(try open().drifts() == [rows[0]: log])
    #expect(try open().tokens().first?.fingerprint == fingerprint)
  }

  @Test func theEndOfADoubtIsKept() throws {
    let store = try open()
    let row = try #require(try store.enroll([("account", "a")], at: Timestamp(seconds: 7)).first).row
    let roll = UnsettledRoll(id: RollID(high: 1, low: 1), cause: .schedule, startedAt: Timestamp(seconds: 8))
    try store.recordIntent(roll, token: row, entry: "edge", credential: "main")
    try store.withdraw(
      token: row, .didNotHappen, reason: "silence", owesCure: false, failures: 1,
      doubtUntil: Timestamp(seconds: 99), at: Timestamp(seconds: 9))
    #expect(try open().tokens().first?.doubtUntil == Timestamp(seconds: 99))
    try store.endDoubt(token: row)
    #expect(try open().tokens().first?.doubtUntil == nil)
  }

  @Test func theLastRollBecauseOfDriftIsKept() throws {
    let store = try open()
    let row = try #require(try store.enroll([("account", "a")], at: Timestamp(seconds: 7)).first).row
    #expect(try store.driftRolls().isEmpty)
    try store.keepDriftRoll(token: row, at: Timestamp(seconds: 8))
    try store.keepDriftRoll(token: row, at: Timestamp(seconds: 9))
    #expect(try open().driftRolls() == [row: Timestamp(seconds: 9)])
  }
}
