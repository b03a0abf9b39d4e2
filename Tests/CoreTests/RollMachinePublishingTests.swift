import Core
import Testing

/// From the answer to the end.
struct RollMachinePublishingTests {
  @Test func nothingComesBeforeTheEscrow() {
    var rolling = Rolling.standing(in: .intended)
    #expect(rolling.hearsWithReports(.rolled(warning: "is short")).first == .escrow)
    #expect(rolling.hears(.escrowed) == [.publish])
    #expect(rolling.hears(.published(narrowed: [])) == [.verify])
    #expect(rolling.hears(.inForce) == [.settle(.settled, detail: nil)])
    #expect(rolling.hears(.settled) == [])
    #expect(rolling.machine.phase == .waiting)
  }

  @Test func aSecretWithoutEscrowIsPublishedFromMemory() {
    var rolling = Rolling.standing(in: .escrowing)
    #expect(rolling.hears(.notEscrowed("full")) == [.publish])
    #expect(rolling.hears(.published(narrowed: [])) == [.verify])
  }

  @Test func aSecretInMemoryAloneGetsAnotherChanceOfEscrowFirst() {
    var rolling = Rolling.standing(in: .escrowing)
    rolling.hears(.notEscrowed("full"))
    #expect(rolling.hears(.notPublished("full", errno: 28)) == [.wake(after: .milliseconds(100))])
    #expect(rolling.hears(.wake) == [.escrow])
    #expect(rolling.hears(.escrowed) == [.publish])
  }

  @Test func publicationIsTriedForEverFromEscrow() {
    var rolling = Rolling.standing(in: .escrowed)
    for _ in 1...1_000 {
      guard case .wake(let span)? = rolling.hears(.notPublished("full", errno: nil)).last else {
        Issue.record("nothing is waited for")
        return
      }
      #expect(span >= .milliseconds(100) && span <= .minutes(1))
      #expect(rolling.hears(.wake) == [.publish])
    }
  }

  @Test func aFailedPublicationIsReportedLessAndLessOften() {
    var rolling = Rolling.standing(in: .escrowed)
    let reported = (1...64).filter { _ in !rolling.reports(.notPublished("full", errno: nil)).isEmpty }
    #expect(reported == [1, 2, 4, 8, 16, 32, 64])
  }

  @Test func aNewSecretHasTheSettleTimeToReachEveryEdge() {
    var rolling = Rolling.standing(in: .published)
    #expect(rolling.hears(.refused) == [.wake(after: .milliseconds(100))])
    rolling.passes(.seconds(29))
    #expect(rolling.hears(.refused) == [.wake(after: .milliseconds(100))])
    #expect(rolling.hears(.inForce) == [.settle(.settled, detail: nil)])
  }

  @Test func aRefusedSecretIsReportedAndNotRolledAgain() {
    var rolling = Rolling.standing(in: .published)
    rolling.passes(.seconds(30))
    let effects = rolling.hearsWithReports(.refused)
    #expect(
      effects.contains { if case .report(let event) = $0 { event.kind == .secretRefused } else { false } })
    #expect(effects.last == .settle(.refusedSecret, detail: "invalid"))
  }

  @Test func aSecretOfAnotherTokenIsReportedAndNotRolledAgain() {
    var rolling = Rolling.standing(in: .published)
    let effects = rolling.hears(.standing(.otherToken(id: "b")))
    #expect(effects == [.settle(.otherToken, detail: "belongs to token b")])
  }

  @Test func verificationIsGivenUpInTime() {
    var rolling = Rolling.standing(in: .published)
    for _ in 1...7 {
      #expect(rolling.hears(.unknown).count == 1)
      #expect(rolling.hears(.wake) == [.verify])
    }
    #expect(rolling.hears(.unknown) == [.settle(.unverified, detail: "silence")])
  }

  @Test func aRollWithoutASecretToAskWithDoesNotStandStill() {
    var rolling = Rolling.standing(in: .published)
    #expect(rolling.hears(.standing(.unavailable)) == [.wake(after: .milliseconds(100))])
  }

  @Test func aRollInDoubtIsWatchedUntilNoEarlierRequestCanArrive() {
    var rolling = Rolling.standing(in: .confirming)
    var watched = TimeSpan.zero
    while rolling.machine.phase == .confirming, watched < .hours(1) {
      rolling.passes(.seconds(15))
      watched = watched + .seconds(15)
      #expect(rolling.hears(.wake) == [.verify])
      let effects = rolling.hears(.inForce)
      #expect(effects == [.wake(after: .seconds(15))] || effects == [.settle(.settled, detail: nil)])
    }
    #expect(watched == .minutes(10))
    #expect(rolling.machine.doubtUntil == nil)
  }

  @Test func anEarlierRequestThatReplacedTheSecretIsCured() {
    var rolling = Rolling.standing(in: .confirming)
    rolling.passes(.seconds(30))
    #expect(rolling.reports(.refused) == [.rollHappenedSecretLost])
    #expect(rolling.machine.cause == .cure)
  }

  @Test func anEdgeThatHasNotHeardOfTheSecretDoesNotCauseACure() {
    var rolling = Rolling.standing(in: .confirming)
    rolling.passes(.seconds(15))
    #expect(rolling.hears(.refused) == [.wake(after: .milliseconds(100))])
  }

  @Test func aRollInDoubtIsNotGivenUpWhileTheAPIIsOutOfReachForHours() {
    var rolling = Rolling.standing(in: .confirming)
    for _ in 1...60 {
      rolling.passes(.minutes(15))
      guard case .wake(let span)? = rolling.hears(.unknown).last else {
        Issue.record("nothing is waited for")
        return
      }
      #expect(span <= .minutes(15))
    }
    rolling.passes(.hours(10))
    #expect(rolling.hears(.unknown) == [.settle(.unverified, detail: "silence")])
  }

  @Test func aRestartDoesNotEndADoubtOfWhichOnlyAnOldTimeWasKept() {
    var rolling = Rolling(
      RollMachine(settleTime: Rolling.settleTime, doubtUntil: Rolling.start - .days(1), failures: 1))
    rolling.hears(.recovered(.roll(cause: .cure, needsConfirmation: true, isEscrowed: true)))
    rolling.hears(.published(narrowed: []))
    #expect(rolling.hears(.inForce) == [.wake(after: .seconds(15))])
    #expect(rolling.machine.phase == .confirming)
  }

  @Test func theHistoryIsWrittenForEverBeforeTheRollIsOver() {
    var rolling = Rolling.standing(in: .verified)
    for _ in 1...1_000 {
      #expect(rolling.hears(.notSettled("full")).count == 1)
      #expect(rolling.hears(.wake) == [.settle(.settled, detail: nil)])
    }
    #expect(rolling.hears(.settled) == [])
    #expect(rolling.machine.phase == .waiting)
  }

  @Test func aRollThatSettledForgetsFailures() {
    var rolling = Rolling.standing(in: .backingOff)
    rolling.begins()
    for event in [
      RollEvent.prepared(old: .ours), .intentRecorded, .rolled(warning: nil), .escrowed,
      .published(narrowed: []), .inForce,
    ] { rolling.hears(event) }
    #expect(rolling.reports(.settled) == [.rollSettled, .entryRecovered])
    #expect(rolling.machine.failures == 0)
    #expect(rolling.machine.trouble == nil)
  }

  @Test(arguments: RollPhase.allCases)
  func eventsThatDoNotFitThePhaseChangeNothing(phase: RollPhase) {
    let fitting: [RollPhase: Set<String>] = [
      .waiting: ["due", "recovered"], .backingOff: ["due"], .failed: ["due"],
      .preflight: ["prepared", "notReady", "postponed"],
      .inspecting: ["inspected", "notInspected", "notReady"],
      .intending: ["intentRecorded", "intentNotRecorded"], .intended: ["rolled", "notRolled"],
      .uncertain: ["standing", "modified", "notModified", "wake"], .escrowing: ["escrowed", "notEscrowed"],
      .proving: ["standing", "wake"],
      .escrowed: ["published", "notPublished", "wake"], .published: ["standing", "wake"],
      .confirming: ["standing", "wake"], .verified: ["settled", "notSettled", "wake"],
    ]
    for (name, event) in Self.events where fitting[phase]?.contains(name) != true {
      var rolling = Rolling.standing(in: phase)
      #expect(rolling.machine.phase == phase)
      let before = rolling.machine
      #expect(rolling.hearsWithReports(event) == [], "\(name) in \(phase)")
      #expect(rolling.machine == before, "\(name) in \(phase)")
    }
    for name in fitting[phase] ?? [] {
      var rolling = Rolling.standing(in: phase)
      let effects = Self.events.first { $0.0 == name }.map { rolling.hearsWithReports($0.1) }
      #expect(effects?.isEmpty == false, "\(name) in \(phase)")
    }
  }

  private static let events: [(String, RollEvent)] = [
    ("due", .due(RollID(high: 1, low: 1), .schedule)), ("recovered", .recovered(.roll())),
    ("prepared", .prepared(old: .ours)), ("notReady", .notReady("full", errno: nil)),
    ("postponed", .postponed(for: .hours(1))), ("inspected", .inspected(modifiedOn: nil, old: .unavailable)),
    ("notInspected", .notInspected(.lost)), ("intentRecorded", .intentRecorded),
    ("intentNotRecorded", .intentNotRecorded("full")), ("rolled", .rolled(warning: nil)),
    ("notRolled", .notRolled(.offline)), ("escrowed", .escrowed), ("notEscrowed", .notEscrowed("full")),
    ("published", .published(narrowed: [])), ("notPublished", .notPublished("full", errno: nil)),
    ("standing", .inForce), ("modified", .modified(nil)), ("notModified", .notModified(.lost)),
    ("settled", .settled), ("notSettled", .notSettled("full")), ("wake", .wake),
  ]
}
