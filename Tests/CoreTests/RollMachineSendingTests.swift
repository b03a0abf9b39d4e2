import Testing

@testable import Core

/// From due to the answer.
struct RollMachineSendingTests {
  @Test func nothingIsSentBeforeTheIntentIsRecorded() {
    var rolling = Rolling()
    #expect(rolling.begins() == [.prepare])
    #expect(
      rolling.hears(.prepared(old: .ours))
        == [.recordIntent(Intent(modifiedOn: nil, oldIsInForce: true, needsConfirmation: false))])
    #expect(rolling.hears(.intentRecorded) == [.send])
    #expect(rolling.machine.phase == .intended)
  }

  @Test func nothingIsSentWhereTheIntentCannotBeRecorded() {
    var rolling = Rolling.standing(in: .intending)
    #expect(rolling.hears(.intentNotRecorded("full")) == [.wake(after: .milliseconds(400))])
    #expect(rolling.machine.phase == .backingOff)
  }

  @Test func nothingIsSentWhereSomethingIsNotReady() {
    var rolling = Rolling.standing(in: .preflight)
    #expect(rolling.hears(.notReady("full", errno: 28)) == [.wake(after: .milliseconds(400))])
    #expect(rolling.machine.failures == 1)
  }

  @Test func aPostponedRollIsNoFailure() {
    var rolling = Rolling.standing(in: .preflight)
    #expect(rolling.hears(.postponed(for: .hours(3))) == [.wake(after: .hours(3))])
    #expect(rolling.machine.failures == 0)
  }

  @Test(arguments: [
    (OldSecret.ours, RollCause.schedule, false), (.unproven, .schedule, true), (.absent, .schedule, true),
    (.unproven, .request, true), (.unproven, .cure, false), (.absent, .cure, false),
  ])
  func aTokenIsLookedUpWhereItsSecretIsNotOursAndNobodyIsDown(
    old: OldSecret, cause: RollCause, isInspected: Bool
  ) {
    var rolling = Rolling()
    rolling.begins(cause)
    #expect((rolling.hears(.prepared(old: old)) == [.inspect(old: old)]) == isInspected)
  }

  @Test(arguments: [
    (Standing.inForce(status: "active"), true), (.refused("invalid"), false), (.unknown("silence"), false),
    (.unavailable, false),
  ])
  func theIntentSaysWhetherTheOldSecretIsKnown(old: Standing, isInForce: Bool) {
    var rolling = Rolling.standing(in: .inspecting)
    #expect(
      rolling.hears(.inspected(modifiedOn: Rolling.modified, old: old))
        == [
          .recordIntent(
            Intent(modifiedOn: Rolling.modified, oldIsInForce: isInForce, needsConfirmation: false))
        ])
  }

  @Test func nothingIsSentWhereTheSecretBelongsToAnotherToken() {
    var rolling = Rolling.standing(in: .inspecting)
    let effects = rolling.hearsWithReports(.inspected(modifiedOn: nil, old: .otherToken(id: "b")))
    #expect(
      effects.contains { if case .report(let event) = $0 { event.kind == .tokenMismatch } else { false } })
    #expect(effects.last == .wake(after: .seconds(30)))
    #expect(rolling.machine.phase == .failed)
  }

  @Test func nothingIsSentWhereTheTokenCannotBeLookedUp() {
    var rolling = Rolling.standing(in: .inspecting)
    #expect(rolling.hears(.notInspected(.lost)) == [.wake(after: .milliseconds(400))])
    #expect(rolling.machine.phase == .backingOff)
  }

  @Test(arguments: [
    (APIFailure.forbidden, RollPhase.failed, TimeSpan.seconds(30)),
    (.offline, .backingOff, .milliseconds(400)), (.tooMany, .backingOff, .seconds(300)),
  ])
  func aRefusalTakesTheIntentBackAndWaits(failure: APIFailure, phase: RollPhase, wait: TimeSpan) {
    var rolling = Rolling.standing(in: .intended)
    #expect(
      rolling.hears(.notRolled(failure))
        == [.withdraw(.notRolled, reason: failure.reason, owesCure: false), .wake(after: wait)])
    #expect(rolling.machine.phase == phase)
  }

  @Test(arguments: [APIFailure.lost, .badGateway])
  func aServerErrorIsNotRepeatedButAskedAbout(failure: APIFailure) {
    var rolling = Rolling.standing(in: .intended)
    #expect(rolling.hears(.notRolled(failure)) == [.askOld])
    #expect(rolling.machine.phase == .uncertain)
  }

  @Test(arguments: [RollPhase.backingOff, .failed])
  func anotherAttemptIsAnotherRoll(phase: RollPhase) {
    var rolling = Rolling.standing(in: phase)
    let former = rolling.machine.rollID
    #expect(rolling.begins() == [.prepare])
    #expect(rolling.machine.rollID != former)
  }

  @Test func whoeverAsksACureThatIsOwedStaysOne() {
    var rolling = Rolling()
    rolling.hears(.recovered(.roll(isOldKnown: false)))
    #expect(rolling.hears(.modified(nil)) == [.rollAgain])
    rolling.begins(.request)
    #expect(rolling.machine.cause == .cure)
  }

  @Test func aRefusedCureIsStillOwedAfterARestart() {
    var rolling = Rolling()
    rolling.begins(.cure)
    rolling.hears(.prepared(old: .absent))
    rolling.hears(.intentRecorded)
    #expect(
      rolling.hears(.notRolled(.offline))
        == [.withdraw(.notRolled, reason: "no connection", owesCure: true), .wake(after: .milliseconds(100))])
  }
}
