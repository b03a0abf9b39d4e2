import Core
import Store
import Testing

@testable import Daemon

/// What is kept of an entry's tokens: which of a pair consumers hold, and when the entry was rolled.
@Suite struct TokenRecordsTests {
  private static func record(
    _ id: String, row: Int64, seen: Int64 = 0, success: Int64? = nil, isProved: Bool = false,
    failures: Int = 0
  ) -> TokenRecord {
    TokenRecord(
      row: row, accountID: "account", tokenID: id, firstSeen: Timestamp(seconds: seen),
      lastSuccess: success.map { Timestamp(seconds: $0) },
      fingerprint: isProved ? Fingerprint(bytes: Array(repeating: UInt8(row), count: 32)) : nil,
      failures: failures)
  }

  @Test func aSingleTokenIsInUseAndIsRolledNext() {
    let records = TokenRecords(Self.record("a", row: 1, failures: 2))
    #expect(records.standby == nil && records.all.count == 1)
    #expect(records.inUse.tokenID == "a" && records.next.tokenID == "a")
    #expect(records.failures == 2 && !records.isPair)
  }

  @Test func theFailuresOfAPairAreThoseOfTheTokenThatIsRolledNext() {
    let records = TokenRecords(
      Self.record("a", row: 1, success: 10, isProved: true, failures: 1),
      Self.record("b", row: 2, failures: 3))
    #expect(records.isPair && records.next.tokenID == "b" && records.failures == 3)
  }

  @Test(arguments: [
    (record("a", row: 1, success: 10, isProved: true), record("b", row: 2), "a"),
    (record("a", row: 1), record("b", row: 2, success: 10, isProved: true), "b"),
    (record("a", row: 1, success: 10, isProved: true), record("b", row: 2, success: 20, isProved: true), "b"),
    // A secret that was withheld: rolled later, and without a fingerprint.
    (record("a", row: 1, success: 10, isProved: true), record("b", row: 2, success: 20), "a"),
    (record("a", row: 1, isProved: true), record("b", row: 2, success: 20), "a"),
    // Rolled and not verified, from before the entry was a pair.
    (record("a", row: 1), record("b", row: 2, success: 20), "b"),
    (record("a", row: 1), record("b", row: 2), "a"),
  ]) func theTokenInUseIsTheOneThatWasPublishedLast(one: TokenRecord, other: TokenRecord, inUse: String) {
    let records = TokenRecords(one, other)
    #expect(records.inUse.tokenID == inUse)
    #expect(records.next.tokenID == (inUse == "a" ? "b" : "a"))
    if one.lastSuccess != nil || other.lastSuccess != nil {
      #expect(TokenRecords(other, one).inUse.tokenID == inUse)
    }
  }

  @Test func thePairHasOneSchedule() {
    let records = TokenRecords(
      Self.record("a", row: 1, seen: 50, success: 100, isProved: true),
      Self.record("b", row: 2, seen: 5, success: 200, isProved: true))
    #expect(records.firstSeen == Timestamp(seconds: 5))
    #expect(records.lastSuccess == Timestamp(seconds: 200))
    #expect(records.home == 1)
  }

  /// The one that is not in use was seen first, rolled last, and is what an operator has to see to.
  @Test func whatIsKnownOfTheOtherTokenCountsAsWell() {
    var other = Self.record("b", row: 2, seen: 5, success: 300)
    (other.lastAttempt, other.doubtUntil) = (Timestamp(seconds: 310), Timestamp(seconds: 320))
    other.isHeld = true
    var records = TokenRecords(Self.record("a", row: 7, seen: 50, success: 100, isProved: true), other)
    #expect(records.inUse.tokenID == "a" && records.home == 2)
    #expect(records.firstSeen == Timestamp(seconds: 5) && records.lastSuccess == Timestamp(seconds: 300))
    #expect(records.lastAttempt == Timestamp(seconds: 310) && records.doubtUntil == Timestamp(seconds: 320))
    #expect(records.isHeld)
    records.release()
    #expect(!records.isHeld)
  }

  @Test func theFirstOfSeveralReplacedTokensStaysTheOneThatWasEnrolled() {
    var record = Self.record("a", row: 1)
    for id in ["b", "c"] {
      record.take(Replacement(currentID: id, surplusID: record.tokenID, due: Timestamp(seconds: 1)))
    }
    #expect(record.tokenID == "c" && record.enrolledID == "a")
    record.take(Replacement(currentID: nil, surplusID: "d", due: Timestamp(seconds: 1)))
    #expect(record.tokenID == "c")
  }

  /// Else the token that consumers have would be the next to be rolled, where their files cannot be read back.
  @Test(arguments: [100, 150, 200, 5_000] as [Int64])
  func theOrderOfTheTwoOutlivesAClockThatIsSetBack(former: Int64) throws {
    let twin = Self.record("a", row: 1, success: former, isProved: true)
    let rolled = Self.record("b", row: 2, success: 150, isProved: true)
    let records = TokenRecords(rolled, twin.rolled(before: Timestamp(seconds: 150)))
    #expect(records.inUse.tokenID == "b" && records.lastSuccess == Timestamp(seconds: 150))
    let kept = try #require(records.standby?.lastSuccess)
    #expect(kept == min(Timestamp(seconds: former), Timestamp(seconds: 150) - TimeSpan(microseconds: 1)))
    #expect(Self.record("c", row: 3).rolled(before: Timestamp(seconds: 1)).lastSuccess == nil)
  }

  @Test func theTwoChangePlacesWithARoll() {
    var records = TokenRecords(
      Self.record("a", row: 1, success: 100, isProved: true), Self.record("b", row: 2))
    records.update(Self.record("b", row: 2, success: 200, isProved: true))
    #expect(records.inUse.tokenID == "b" && records.standby?.tokenID == "a")
    records.update(Self.record("c", row: 3, success: 300, isProved: true))
    #expect(records.all.map(\.tokenID) == ["b", "a"])
  }
}
