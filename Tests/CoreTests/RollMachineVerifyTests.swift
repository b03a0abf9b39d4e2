import Core
import Testing

/// How a published secret is verified, as the entry's settings say.
struct RollMachineVerifyTests {
  private func rolling(_ settings: VerifySettings, in phase: RollPhase) -> Rolling {
    var rolling = Rolling.standing(in: phase)
    rolling.machine.heed(settings)
    return rolling
  }

  @Test func theTimeoutTakesThePlaceOfTheSettleTime() {
    for (timeout, patience) in [(nil, 30), (TimeSpan.seconds(300), 300), (.zero, 0)] as [(TimeSpan?, Int64)] {
      var rolling = rolling(VerifySettings(timeout: timeout), in: .published)
      if patience > 0 {
        rolling.passes(.seconds(patience - 1))
        #expect(rolling.hears(.refused) == [.wake(after: .milliseconds(100))])
        rolling.passes(.seconds(1))
      }
      #expect(rolling.hears(.refused) == [.settle(.refusedSecret, detail: "invalid")])
    }
  }

  @Test func nothingIsAskedForWhereThatIsSwitchedOff() {
    var rolling = rolling(VerifySettings(afterRoll: false), in: .escrowed)
    let effects = rolling.hears(.published(narrowed: []))
    #expect(effects == [.settle(.unverified, detail: "as \"after_roll\" wants it")])
    #expect(rolling.hears(.settled) == [])
    #expect(rolling.machine.phase == .waiting)
    #expect(rolling.machine.failures == 0 && rolling.machine.trouble == nil)
  }

  @Test func aSecretThatAnEarlierRequestMayReplaceIsAskedForAllTheSame() {
    var rolling = Rolling()
    rolling.machine.heed(VerifySettings(afterRoll: false))
    rolling.hears(.recovered(.roll(needsConfirmation: true, isEscrowed: true)))
    #expect(rolling.hears(.published(narrowed: [])) == [.verify])
  }

  @Test func aRefusedSecretHoldsTheEntryAndNothingElseDoes() {
    #expect(RollOutcome.allCases.filter(\.holdsEntry) == [.refusedSecret])
  }
}
