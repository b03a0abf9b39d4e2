import Core
import Testing

/// The rolls of an alternating pair: consumers hold one token, and the other is rolled.
struct RollMachinePairTests {
  /// A pair whose standby was rolled, up to the escrow of the new secret.
  private static func rolled(
    settleTime: TimeSpan = Rolling.settleTime, doubtUntil: Timestamp? = nil
  ) -> Rolling {
    var rolling = Rolling(RollMachine(settleTime: settleTime, doubtUntil: doubtUntil, isPair: true))
    rolling.begins()
    rolling.hears(.prepared(old: .ours))
    rolling.hears(.inspected(modifiedOn: Rolling.modified, old: .inForce(status: "active")))
    rolling.hears(.intentRecorded)
    rolling.hears(.rolled(warning: nil))
    return rolling
  }

  @Test(arguments: [OldSecret.ours, .unproven, .absent])
  func bothTokensAreLookedAtBeforeEachRoll(old: OldSecret) {
    var rolling = Rolling(RollMachine(settleTime: Rolling.settleTime, isPair: true))
    rolling.begins()
    #expect(rolling.hears(.prepared(old: old)) == [.inspect(old: old)])
  }

  @Test func theSecretOfConsumersIsNotTheOneThatIsReplaced() {
    var rolling = Rolling(RollMachine(settleTime: Rolling.settleTime, isPair: true))
    rolling.begins()
    rolling.hears(.prepared(old: .unproven))
    let effects = rolling.hears(.inspected(modifiedOn: Rolling.modified, old: .inForce(status: "active")))
    guard case .recordIntent(let intent)? = effects.first else {
      Issue.record("\(effects)")
      return
    }
    #expect(intent.modifiedOn == Rolling.modified && !intent.oldIsInForce)
  }

  @Test func nothingIsPublishedBeforeItIsProved() {
    var rolling = Self.rolled()
    #expect(rolling.hears(.escrowed) == [.verify])
    #expect(rolling.machine.phase == .proving)
    #expect(rolling.hears(.inForce) == [.publish])
    #expect(rolling.machine.isProved)
    #expect(rolling.hears(.published(narrowed: [])) == [.settle(.settled, detail: nil)])
    #expect(rolling.hears(.settled) == [])
    #expect(rolling.machine.phase == .waiting && rolling.machine.failures == 0)
  }

  @Test func aRefusedSecretHasTheSettleTimeAndIsThenWithheld() {
    var rolling = Self.rolled()
    rolling.hears(.escrowed)
    guard case .wake? = rolling.hears(.refused).first else {
      Issue.record("the settle time is not waited for")
      return
    }
    rolling.passes(Rolling.settleTime)
    #expect(rolling.hears(.wake) == [.verify])
    let effects = rolling.hearsWithReports(.refused)
    #expect(effects.last == .settle(.withheld, detail: "the API refuses it: invalid"))
    guard case .report(let event)? = effects.first else {
      Issue.record("nothing is reported")
      return
    }
    #expect(event.kind == .secretWithheld && event.kind.priority == .critical)
    #expect(rolling.hears(.settled) == [])
    #expect(rolling.machine.phase == .waiting && rolling.machine.failures == 1)
    #expect(rolling.machine.trouble != nil)
  }

  @Test(arguments: [Standing.inForce(status: "disabled"), .otherToken(id: "b")])
  func aSecretThatConsumersCannotUseIsWithheld(standing: Standing) {
    var rolling = Self.rolled()
    rolling.hears(.escrowed)
    guard case .settle(.withheld, _)? = rolling.hears(.standing(standing)).last else {
      Issue.record("it is not withheld")
      return
    }
  }

  @Test func aSecretThatNobodyCanJudgeIsAskedForAndNeverPublished() {
    var rolling = Self.rolled()
    rolling.hears(.escrowed)
    var reported: [Int] = []
    for count in 1...100 {
      let effects = rolling.hearsWithReports(.unknown)
      guard case .wake(let span)? = effects.last else {
        Issue.record("\(effects)")
        return
      }
      #expect(span >= .milliseconds(100) && span <= .minutes(15))
      if effects.count > 1 { reported.append(count) }
      rolling.passes(.minutes(15))
      #expect(rolling.hears(.wake) == [.verify])
    }
    #expect(reported.count == 1)
    #expect(rolling.hears(.inForce) == [.publish])
  }

  @Test func aLostSecretOfAStandbyIsNoCure() {
    var rolling = Rolling(RollMachine(settleTime: Rolling.settleTime, isPair: true))
    rolling.begins()
    rolling.hears(.prepared(old: .ours))
    rolling.hears(.inspected(modifiedOn: Rolling.modified, old: .inForce(status: "active")))
    rolling.hears(.intentRecorded)
    #expect(rolling.hears(.notRolled(.lost)) == [.askModified])
    let effects = rolling.hearsWithReports(.modified(Rolling.start))
    #expect(effects.contains(.withdraw(.lost, reason: "the token was modified since", owesCure: false)))
    #expect(!effects.contains(.rollAgain))
    let kinds = effects.compactMap { if case .report(let event) = $0 { event.kind } else { nil } }
    #expect(kinds == [.standbySecretLost])
    #expect(rolling.machine.phase == .backingOff && rolling.machine.cause == .schedule)
    #expect(rolling.begins() == [.prepare])
  }

  @Test func aRollThatDidNotHappenIsTakenBack() {
    var rolling = Rolling(RollMachine(settleTime: .zero, isPair: true))
    rolling.begins()
    rolling.hears(.prepared(old: .ours))
    rolling.hears(.inspected(modifiedOn: Rolling.modified, old: .inForce(status: "active")))
    rolling.hears(.intentRecorded)
    rolling.hears(.notRolled(.lost))
    let effects = rolling.hears(.modified(Rolling.modified))
    #expect(effects.first == .withdraw(.didNotHappen, reason: "no answer", owesCure: false))
  }

  @Test func whileAnEarlierRequestMayArriveNothingIsPublished() {
    var rolling = Self.rolled(doubtUntil: Rolling.start + .seconds(25))
    rolling.hears(.escrowed)
    #expect(rolling.hears(.inForce) == [.wake(after: .seconds(15))])
    rolling.passes(.seconds(15))
    rolling.hears(.wake)
    #expect(rolling.hears(.inForce) == [.wake(after: .seconds(10))])
    rolling.passes(.seconds(10))
    rolling.hears(.wake)
    #expect(rolling.hears(.inForce) == [.publish])
  }

  @Test func aSecretThatAnEarlierRequestReplacedIsRolledAgain() {
    var rolling = Self.rolled(doubtUntil: Rolling.start + .minutes(5))
    rolling.hears(.escrowed)
    rolling.hears(.inForce)
    rolling.passes(.minutes(1))
    rolling.hears(.wake)
    #expect(rolling.reports(.refused) == [.standbySecretLost])
    #expect(rolling.machine.phase == .backingOff && rolling.machine.cause == .schedule)
  }

  /// Published from memory, it would be unknown to a restart, and rolled away from those who have it.
  @Test func aSecretInMemoryAloneIsNotPublished() {
    var rolling = Self.rolled()
    #expect(rolling.hears(.notEscrowed("full")) == [.wake(after: .milliseconds(100))])
    #expect(rolling.machine.phase == .escrowing)
    #expect(rolling.hears(.wake) == [.escrow])
    #expect(rolling.hears(.escrowed) == [.verify])
    #expect(rolling.hears(.inForce) == [.publish])
  }

  @Test func aRestartProvesWhatLiesInEscrow() {
    var rolling = Rolling(RollMachine(settleTime: Rolling.settleTime, isPair: true))
    let roll = UnsettledRoll.roll(isOldKnown: false, isEscrowed: true)
    #expect(rolling.hears(.recovered(roll)) == [.verify])
    #expect(rolling.machine.phase == .proving)
  }

  @Test func whatOneDestinationHasTheOthersGetAfterARestart() {
    var rolling = Rolling(RollMachine(settleTime: Rolling.settleTime, isPair: true))
    #expect(rolling.hears(.recovered(.roll(isOldKnown: false, isEscrowed: true))) == [.verify])
    #expect(rolling.hears(.alreadyPublished) == [.publish])
    #expect(rolling.hears(.published(narrowed: [])) == [.verify])
  }

  /// Where the escrow could be opened only later.
  @Test func whatOneDestinationTurnsOutToHaveTheOthersGet() {
    var rolling = Rolling(RollMachine(settleTime: Rolling.settleTime, isPair: true))
    rolling.hears(.recovered(.roll(isOldKnown: false, isEscrowed: true)))
    guard case .wake? = rolling.hears(.standing(.unknown("cannot open it"))).first else {
      Issue.record("it is not tried again")
      return
    }
    #expect(rolling.hears(.wake) == [.verify])
    #expect(rolling.hears(.alreadyPublished) == [.publish])
    #expect(rolling.machine.phase == .escrowed && rolling.machine.trouble == nil)
    #expect(rolling.hears(.published(narrowed: [])) == [.verify])
  }

  @Test func aRollFromBeforeTheEntryBecameAPairIsCuredAsEver() {
    var rolling = Rolling(RollMachine(settleTime: .zero, isPair: true))
    #expect(rolling.hears(.recovered(.roll(isOldKnown: true))) == [.askOld])
    #expect(rolling.hears(.refused) == [.rollAgain])
    #expect(rolling.begins(.cure) == [.prepare])
    #expect(rolling.machine.cause == .cure)
    // Its consumers are down: they get the secret before it is proved.
    rolling.hears(.prepared(old: .absent))
    rolling.hears(.intentRecorded)
    rolling.hears(.rolled(warning: nil))
    #expect(rolling.hears(.escrowed) == [.publish])
  }
}
