import Core
import Testing

/// A new token in the place of the old one.
struct RollMachineReplacingTests {
  /// A replacement up to its request.
  private static func sent(_ cause: RollCause = .schedule) -> Rolling {
    var rolling = Rolling()
    rolling.machine.replaces = true
    rolling.begins(cause)
    rolling.hears(.prepared(old: .ours))
    rolling.hears(.inspected(modifiedOn: Rolling.modified, old: .unavailable))
    rolling.hears(.intentRecorded)
    return rolling
  }

  private static func escrowed() -> Rolling {
    var rolling = sent()
    rolling.hears(.rolled(warning: nil))
    rolling.hears(.escrowed)
    return rolling
  }

  private static var left: UnsettledRoll {
    var roll = UnsettledRoll.roll()
    roll.isReplacement = true
    return roll
  }

  @Test(arguments: [OldSecret.ours, .unproven, .absent], [RollCause.schedule, .request, .cure])
  func theTokenIsAlwaysLookedUpForWhatTheNewOneHasToBe(old: OldSecret, cause: RollCause) {
    var rolling = Rolling()
    rolling.machine.replaces = true
    rolling.begins(cause)
    #expect(rolling.hears(.prepared(old: old)) == [.inspect(old: old)])
  }

  @Test func nothingIsPublishedBeforeItIsProved() {
    var rolling = Self.escrowed()
    #expect(rolling.machine.phase == .proving)
    #expect(rolling.hears(.unknown).contains { if case .wake = $0 { true } else { false } })
    #expect(rolling.hears(.wake) == [.verify])
    #expect(rolling.hears(.inForce) == [.publish])
    #expect(rolling.hears(.published(narrowed: [])) == [.settle(.settled, detail: nil)])
  }

  @Test func aSecretThatIsRefusedIsWithheld() {
    var rolling = Self.escrowed()
    rolling.passes(.seconds(31))
    let effects = rolling.hears(.refused)
    guard case .settle(.withheld, _)? = effects.last else {
      Issue.record("\(effects)")
      return
    }
  }

  @Test func aSecretInMemoryAloneIsNotPublished() {
    var rolling = Self.sent()
    rolling.hears(.rolled(warning: nil))
    let effects = rolling.hears(.notEscrowed("full"))
    #expect(effects == [.wake(after: .milliseconds(100))])
    #expect(rolling.hears(.wake) == [.escrow])
    #expect(rolling.hears(.escrowed) == [.verify])
  }

  @Test func aLostAnswerEndsTheAttemptAndNobodyIsDown() {
    var rolling = Self.sent()
    let effects = rolling.hearsWithReports(.notRolled(.lost))
    #expect(
      effects.first == .withdraw(.didNotHappen, reason: "no answer", owesCure: false))
    #expect(effects.last == .wake(after: .milliseconds(400)))
    #expect(rolling.machine.phase == .backingOff)
    #expect(rolling.machine.doubtUntil == nil)
    #expect(rolling.begins() == [.prepare])
  }

  @Test func whatWasSentForTheOldTokenDoesNotTouchTheNewOne() {
    var rolling = Rolling(
      RollMachine(settleTime: Rolling.settleTime, doubtUntil: Rolling.start + .minutes(5)))
    rolling.machine.replaces = true
    rolling.begins()
    rolling.hears(.prepared(old: .ours))
    let effects = rolling.hears(.inspected(modifiedOn: Rolling.modified, old: .unavailable))
    guard case .recordIntent(let intent)? = effects.first else {
      Issue.record("\(effects)")
      return
    }
    #expect(!intent.needsConfirmation)
  }

  @Test func aCrashBeforeTheEscrowEndsTheAttempt() {
    var rolling = Rolling()
    let effects = rolling.hears(.recovered(Self.left))
    guard case .withdraw(.didNotHappen, _, owesCure: false)? = effects.first else {
      Issue.record("\(effects)")
      return
    }
    #expect(rolling.machine.phase == .backingOff)
  }

  @Test(arguments: [false, true]) func whatIsInEscrowIsProvedUnlessConsumersHaveItAlready(isPublished: Bool) {
    var roll = Self.left
    roll.isEscrowed = true
    var rolling = Rolling()
    #expect(rolling.hears(.recovered(roll)) == [.verify])
    #expect(rolling.hears(isPublished ? .alreadyPublished : .inForce) == [.publish])
  }

  @Test func aRefusalLeavesNothingToLookFor() {
    var rolling = Self.sent()
    let effects = rolling.hears(.notRolled(.forbidden))
    #expect(effects.first == .withdraw(.notRolled, reason: "forbidden", owesCure: false))
    #expect(rolling.machine.phase == .failed)
  }
}
