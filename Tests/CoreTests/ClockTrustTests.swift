import Core
import Testing

@Suite struct ClockTrustTests {
  private static let now = ClockTrust.earliest + .days(300)

  private func verdict(
    at now: Timestamp = now, lastRecorded: Timestamp? = nil, isMarked: Bool = false,
    isSynchronised: Bool = false,
    awake: TimeSpan = .zero, waitsForMark: Bool = false
  ) -> ClockTrust.Verdict {
    ClockTrust(waitsForMark: waitsForMark).verdict(
      now: now, lastRecorded: lastRecorded, isMarked: isMarked, isSynchronised: isSynchronised, awake: awake)
  }

  private func isTrusted(_ verdict: ClockTrust.Verdict) -> Bool { verdict == .trusted }

  @Test func aClockThatBeganIn1970IsNotBelievedHoweverLongItRuns() {
    #expect(!isTrusted(verdict(at: Timestamp(seconds: 0), isSynchronised: true, awake: .days(30))))
    #expect(!isTrusted(verdict(at: ClockTrust.earliest - .seconds(1))))
    #expect(isTrusted(verdict(at: ClockTrust.earliest)))
  }

  @Test func aClockALittleBehindTheLastRollIsBelieved() {
    #expect(isTrusted(verdict(lastRecorded: Self.now + ClockTrust.tolerance)))
    #expect(!isTrusted(verdict(lastRecorded: Self.now + ClockTrust.tolerance + .seconds(1))))
    #expect(isTrusted(verdict(lastRecorded: Self.now - .days(400))))
  }

  @Test func aRecordFromTheFutureHoldsNothingUpForLong() {
    let future = Self.now + .days(400)
    #expect(!isTrusted(verdict(lastRecorded: future)))
    #expect(isTrusted(verdict(lastRecorded: future, isSynchronised: true)))
    #expect(!isTrusted(verdict(lastRecorded: future, awake: ClockTrust.patience - .seconds(1))))
    #expect(isTrusted(verdict(lastRecorded: future, awake: ClockTrust.patience)))
  }

  @Test func theMarkIsWaitedForOnlyWhereItIsAskedFor() {
    #expect(isTrusted(verdict()))
    #expect(!isTrusted(verdict(isSynchronised: true, awake: .days(1), waitsForMark: true)))
    #expect(isTrusted(verdict(isMarked: true, waitsForMark: true)))
  }

  @Test func theReasonNamesBothTimes() {
    guard case .doubted(let reason) = verdict(lastRecorded: Self.now + .days(1)) else {
      Issue.record("the clock was believed")
      return
    }
    #expect(reason.contains(Self.now.rfc3339))
    #expect(reason.contains((Self.now + .days(1)).rfc3339))
  }
}
