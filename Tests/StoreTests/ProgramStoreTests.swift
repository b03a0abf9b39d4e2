import Core
import TestSupport
import Testing

@testable import Store

/// What is kept of programs over a restart.
@Suite struct ProgramStoreTests {
  private let directory: TemporaryDirectory
  private let token: Int64

  init() throws {
    directory = try TemporaryDirectory(in: "/dev/shm")
    let store = try RollStore(
      directory: directory.path, machineID: "0123456789abcdef0123456789abcdef")
    token = try #require(try store.enroll([("account", "a")], at: Timestamp(seconds: 7)).first).row
  }

  private func open() throws(StoreError) -> RollStore {
    try RollStore(directory: directory.path, machineID: "0123456789abcdef0123456789abcdef")
  }

  private func debt(
    _ program: String, roll: UInt64? = 1, on occasion: ProgramOccasion = .published, reason: String? = nil
  ) -> ProgramDebt {
    ProgramDebt(
      program: program, occasion: occasion, token: token, entry: "edge",
      roll: roll.map { RollID(high: 1, low: $0) }, reason: reason)
  }

  private func kept() throws -> [ProgramDebt] { try open().programs().map(\.debt) }

  @Test func whatIsOwedIsKeptUntilItsEnd() throws {
    let store = try open()
    let (first, second) = (debt("/b x"), debt("/a"))
    #expect(try store.keep([first, second]) == [first, second])
    #expect(try kept() == [first, second])
    try store.end(first, "exit status 0", trouble: nil, at: Timestamp(seconds: 8))
    #expect(try kept() == [second])
  }

  @Test func aProgramIsOwedOnceForARoll() throws {
    let store = try open()
    #expect(try store.keep([debt("/a"), debt("/b")]).count == 2)
    // As after a crash between the publication and the settlement: one was run, the other was not.
    try store.end(debt("/a"), "exit status 0", trouble: nil, at: Timestamp(seconds: 8))
    #expect(try open().keep([debt("/a"), debt("/b")]) == [])
    #expect(try kept() == [debt("/b")])
    // A failure is an end too.
    try store.end(debt("/b"), "exit status 1", trouble: "exit status 1", at: Timestamp(seconds: 8))
    #expect(try open().keep([debt("/a"), debt("/b")]) == [])
    #expect(try open().keep([debt("/a", roll: 2), debt("/b", roll: 2)]).count == 2)
    #expect(try open().programs().map(\.stage) == [.waiting, .waiting])
  }

  @Test func aFailureIsKeptWithItsReasonAndItsCount() throws {
    let store = try open()
    _ = try store.keep([debt("/a")])
    for count in 1...2 {
      try store.end(debt("/a"), "exit status 3", trouble: "exit status 3", at: Timestamp(seconds: 8))
      let item = try #require(try open().programs().first)
      #expect(
        item == ProgramPlan.Item(debt: debt("/a"), failures: count, trouble: "exit status 3", isFailed: true))
      try store.retryPrograms(of: token)
      #expect(try open().programs().first?.stage == .waiting)
    }
  }

  @Test func theEndOfARunForAnEarlierRollLeavesWhatIsOwedForALaterOne() throws {
    let store = try open()
    _ = try store.keep([debt("/a", roll: 1)])
    _ = try store.keep([debt("/a", roll: 2)])
    try store.end(debt("/a", roll: 1), "exit status 0", trouble: nil, at: Timestamp(seconds: 8))
    #expect(try kept() == [debt("/a", roll: 2)])
    try store.forget([debt("/a", roll: 1)])
    #expect(try kept() == [debt("/a", roll: 2)])
    try store.forget([debt("/a", roll: 2)])
    #expect(try kept() == [])
  }

  @Test func theHistoryTellsHowProgramsEndedAndForgetsThemWithTheirRoll() throws {
    let store = try open()
    for number in 1...510 as ClosedRange<UInt64> {
      let roll = UnsettledRoll(
        id: RollID(high: 1, low: number), cause: .schedule, startedAt: Timestamp(seconds: 60))
      try store.recordIntent(roll, token: token, entry: "edge", credential: "main")
      _ = try store.keep([debt("/a", roll: number), debt("/b", roll: number)])
      try store.end(debt("/a", roll: number), "exit status 0", trouble: nil, at: Timestamp(seconds: 61))
      try store.settle(
        token: token, .unverified, detail: "no answer", fingerprint: nil, rolledAt: Timestamp(seconds: 60),
        outage: nil, failures: 0, doubtUntil: nil, nextDue: nil, at: Timestamp(seconds: 62))
    }
    // It may end after the settlement.
    try store.end(
      debt("/b", roll: 510), "exit status 3", trouble: "exit status 3", at: Timestamp(seconds: 63))
    let records = try RollHistory(directory: directory.path).records(limit: 2)
    #expect(records.first?.detail == "no answer; /a: exit status 0; /b: exit status 3")
    #expect(records.last?.detail == "no answer; /a: exit status 0")
    #expect(try store.database.integer("SELECT count(*) FROM program_runs") == 501)
  }

  @Test func aFailingStretchIsKeptWithWhatIsOwedForIt() throws {
    let failure = debt("/mail", roll: nil, on: .failure, reason: "no such token")
    #expect(
      try open().beginStretch(of: token, reason: "no such token", [failure], at: Timestamp(seconds: 9)) == [
        failure
      ])
    #expect(try open().stretches() == [token: "no such token"])
    #expect(try kept() == [failure])
    let recovery = debt("/mail", roll: 2, on: .recovery, reason: "no such token")
    #expect(try open().endStretch(of: token, [recovery]) == [recovery])
    #expect(try open().stretches() == [:])
    #expect(try kept() == [failure, recovery])
  }
}
