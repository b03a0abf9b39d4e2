import Testing

@testable import Core

/// Finding out what came of a request.
struct RollMachineUncertainTests {
  @Test func rollIsRepeatedWhenTheOldSecretIsRefused() {
    var rolling = Rolling.standing(in: .uncertain)
    #expect(rolling.reports(.refused) == [.rollHappenedSecretLost])
    #expect(rolling.machine.cause == .cure)
    rolling = Rolling.standing(in: .uncertain)
    #expect(rolling.hears(.refused) == [.rollAgain])
  }

  @Test func rollIsNotRepeatedWhileNobodyCanTell() {
    var rolling = Rolling.standing(in: .uncertain)
    for _ in 1...100 {
      guard case .wake(let span)? = rolling.hears(.unknown).last else {
        Issue.record("nothing is waited for")
        return
      }
      #expect(span >= .milliseconds(100) && span <= .minutes(1))
      #expect(rolling.hears(.wake) == [.askOld])
    }
  }

  @Test func anAcceptedSecretIsWatchedUntilTheRequestCannotArriveAnyMore() {
    var rolling = Rolling.standing(in: .uncertain)
    #expect(rolling.hears(.inForce) == [.wake(after: .seconds(15))])
    rolling.passes(.seconds(15))
    #expect(rolling.hears(.inForce) == [.wake(after: .seconds(15))])
    rolling.passes(.seconds(15))
    #expect(
      rolling.hears(.inForce)
        == [
          .withdraw(.didNotHappen, reason: "no answer", owesCure: false), .wake(after: .milliseconds(400)),
        ])
  }

  @Test func aRequestThatArrivesWhileTheOldSecretIsWatchedIsFoundOut() {
    var rolling = Rolling.standing(in: .uncertain)
    rolling.hears(.inForce)
    rolling.passes(.seconds(15))
    #expect(rolling.hears(.refused) == [.rollAgain])
  }

  @Test func theWatchGoesByTheClockThatNobodySets() {
    var rolling = Rolling.standing(in: .uncertain)
    rolling.hears(.inForce)
    rolling.wall = rolling.wall + .days(400)
    #expect(rolling.hears(.inForce) == [.wake(after: .seconds(15))])
  }

  @Test(arguments: [Standing.unavailable, .otherToken(id: "b")])
  func theTimeOfTheLastChangeDecidesWhereTheOldSecretCannot(standing: Standing) {
    var rolling = Rolling()
    #expect(rolling.hears(.recovered(.roll(modifiedOn: Rolling.modified))) == [.askOld])
    #expect(rolling.hears(.standing(standing)) == [.askModified])
  }

  @Test(arguments: [
    (Rolling.modified as Timestamp?, [RollEffect.wake(after: .seconds(15))]),
    (Rolling.modified + .seconds(1), [.rollAgain]), (Rolling.modified - .seconds(1), [.rollAgain]),
    (nil, [.rollAgain]),
  ])
  func onlyATokenThatWasNotChangedWasNotRolled(time: Timestamp?, effects: [RollEffect]) {
    var rolling = Rolling()
    #expect(
      rolling.hears(.recovered(.roll(isOldKnown: false, modifiedOn: Rolling.modified))) == [.askModified])
    #expect(rolling.hears(.modified(time)) == effects)
  }

  @Test func anAPIThatCannotBeAskedIsAskedAgain() {
    var rolling = Rolling()
    rolling.hears(.recovered(.roll(isOldKnown: false, modifiedOn: Rolling.modified)))
    #expect(rolling.hears(.notModified(.lost)) == [.wake(after: .milliseconds(100))])
    #expect(rolling.hears(.wake) == [.askModified])
  }

  @Test func whatCannotBeFoundOutIsCured() {
    var rolling = Rolling()
    rolling.hears(.recovered(.roll(isOldKnown: false)))
    #expect(rolling.hears(.modified(nil)) == [.rollAgain])
    rolling = Rolling()
    rolling.hears(.recovered(.roll(isOldKnown: false)))
    #expect(rolling.hears(.notModified(.lost)) == [.rollAgain])
  }

  @Test func aSecondCureInARowWaits() {
    var rolling = Rolling.standing(in: .uncertain)
    rolling.hears(.refused)
    rolling.begins(.cure)
    rolling.hears(.prepared(old: .ours))
    rolling.hears(.intentRecorded)
    #expect(rolling.hears(.notRolled(.lost)) == [.askModified])
    #expect(rolling.hears(.modified(nil)) == [.wake(after: .milliseconds(100))])
    #expect(rolling.machine.phase == .backingOff)
  }

  @Test(arguments: [(TimeSpan.seconds(1), true), (.minutes(9), true), (.minutes(10), false)])
  func aRollAfterAnUncertainOneNeedsConfirmationWhileTheFirstMayArrive(
    after: TimeSpan, needsConfirmation: Bool
  ) {
    var rolling = Rolling.standing(in: .uncertain)
    rolling.hears(.refused)
    rolling.passes(after)
    rolling.begins(.cure)
    #expect(
      rolling.hears(.prepared(old: .ours))
        == [.recordIntent(Intent(modifiedOn: nil, oldIsInForce: false, needsConfirmation: needsConfirmation))]
    )
  }

  @Test(arguments: [
    (TimeSpan.days(-400), true), (.minutes(-1), true), (.minutes(20), false),
  ])
  func aDoubtOutlivesARestartAndAClockThatWasSet(step: TimeSpan, needsConfirmation: Bool) {
    var rolling = Rolling(
      RollMachine(settleTime: Rolling.settleTime, doubtUntil: Rolling.start + .minutes(5), failures: 1))
    rolling.wall = rolling.wall + step
    rolling.begins()
    #expect(
      rolling.hears(.prepared(old: .ours))
        == [.recordIntent(Intent(modifiedOn: nil, oldIsInForce: true, needsConfirmation: needsConfirmation))])
  }

  @Test func aClockThatWasSetBackMakesNoDoubtLongerThanItCanBe() {
    var rolling = Rolling(
      RollMachine(settleTime: Rolling.settleTime, doubtUntil: Rolling.start + .days(400), failures: 1))
    rolling.begins()
    rolling.hears(.notReady("full", errno: nil))
    rolling.passes(.minutes(10))
    rolling.begins()
    #expect(
      rolling.hears(.prepared(old: .ours))
        == [.recordIntent(Intent(modifiedOn: nil, oldIsInForce: true, needsConfirmation: false))])
  }

  @Test func aSecretInEscrowIsPublishedAfterARestart() {
    var rolling = Rolling()
    #expect(rolling.hears(.recovered(.roll(isEscrowed: true))) == [.publish])
  }

  @Test func aCureThatIsOwedIsSentAfterARestart() {
    var rolling = Rolling()
    #expect(rolling.hears(.recovered(.roll(cause: .cure, stage: .lost))) == [.rollAgain])
    rolling = Rolling(RollMachine(settleTime: Rolling.settleTime, failures: 3))
    #expect(
      rolling.hears(.recovered(.roll(cause: .cure, stage: .lost))) == [.wake(after: .milliseconds(100))])
  }
}
