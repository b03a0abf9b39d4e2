import Core
import Testing

/// What is told of drift, and what follows from it.
struct DriftTests {
  private static let (now, later) = (Timestamp(seconds: 1_800_000_000), Timestamp(seconds: 1_800_086_400))
  private static let gone = Drift(.fileMissing, file: "/srv/a")
  private static let changed = Drift(.fileChanged, file: "/srv/b")
  private static let refused = Drift(.secretRefused)

  // MARK: The log

  @Test func aStretchIsToldWhenItBeginsAndWhenItIsOver() {
    var log = DriftLog()
    var change = log.note([Self.gone: "a is gone", Self.refused: "refused"], at: Self.now)
    #expect(change.begun == [Self.refused, Self.gone])
    #expect(change.over.isEmpty)
    change = log.note([Self.gone: "a is gone", Self.refused: "refused"], at: Self.later)
    #expect(change.isEmpty)
    #expect(log.stretches[Self.gone]?.since == Self.now)
    #expect(log.details == ["refused", "a is gone"])
    change = log.note([Self.gone: "a is gone", Self.changed: "b is changed"], at: Self.later)
    #expect(change.begun == [Self.changed])
    #expect(change.over.map(\.drift) == [Self.refused] && change.over.map(\.detail) == ["refused"])
    change = log.note([:], at: Self.later)
    #expect(change.over.map(\.drift) == [Self.gone, Self.changed])
    #expect(log == DriftLog())
    #expect(log.note([Self.gone: "again"], at: Self.later).begun == [Self.gone])
  }

  @Test func whatALookDidNotJudgeGoesOn() {
    var log = DriftLog()
    _ = log.note([Self.gone: "a is gone", Self.refused: "refused"], at: Self.now)
    let change = log.note([:], judged: { $0.kind != .secretRefused }, at: Self.later)
    #expect(change.over.map(\.drift) == [Self.gone])
    #expect(log.details == ["refused"])
  }

  @Test func whatWasKeptOverARestartIsNotToldAgain() {
    var log = DriftLog()
    _ = log.note([Self.gone: "a is gone"], at: Self.now)
    var restarted = DriftLog(log.stretches)
    #expect(restarted.note([Self.gone: "a is gone"], at: Self.later).isEmpty)
  }

  // MARK: The roll

  private func rolls(
    for kinds: [Drift.Kind], _ reaction: VerifySettings.DriftReaction = .roll, isHeldBack: Bool = false,
    periodEnd: Timestamp? = nil
  ) -> Bool {
    DriftPolicy.rolls(
      for: kinds.map { Drift($0) },
      .init(reaction: reaction, isHeldBack: isHeldBack, periodEnd: periodEnd, now: Self.now))
  }

  @Test func onlyWhatARollMendsHasTheEntryRolled() {
    let mended = Drift.Kind.allCases.filter { rolls(for: [$0]) }
    #expect(mended == [.secretRefused, .fileMissing, .fileChanged])
    #expect(!rolls(for: []))
    #expect(rolls(for: [.tokenExpiring, .fileMissing]))
    // Crossed entries would take each other's consumers down.
    #expect(!rolls(for: [.otherToken, .fileChanged]))
  }

  @Test func nothingIsRolledAgainstTheConfigurationOrAnOperator() {
    #expect(!rolls(for: [.secretRefused], .alert))
    #expect(!rolls(for: [.secretRefused], isHeldBack: true))
  }

  @Test func aPeriodHasOneSuchRoll() {
    #expect(!rolls(for: [.secretRefused], periodEnd: Self.now + TimeSpan(microseconds: 1)))
    #expect(rolls(for: [.secretRefused], periodEnd: Self.now))
  }

  // MARK: The end of a token

  @Test(
    arguments: [
      ("active", nil, 30, 14, nil),
      ("active", 31, 30, 14, nil),
      ("active", 30, 30, 14, .tokenExpiring),
      ("active", 29, 30, 0, .tokenExpiring),
      ("active", 15, 1, 14, nil),
      ("active", 14, 1, 14, .tokenExpiring),
      ("active", 14, nil, 14, .tokenExpiring),
      ("active", 14, nil, 0, nil),
      ("disabled", nil, 30, 14, .tokenInactive),
      ("expired", -1, 30, 14, .tokenInactive),
      ("new to us", 400, 30, 14, .tokenInactive),
    ] as [(String, Int64?, Int64?, Int64, Drift.Kind?)])
  func theEndOfATokenIsToldAheadOfTime(
    _ status: String, _ expiresIn: Int64?, _ nextRollIn: Int64?, _ warning: Int64, _ kind: Drift.Kind?
  ) {
    let ending = DriftPolicy.ending(
      status: status, expiresOn: expiresIn.map { Self.now + .days($0) },
      nextRoll: nextRollIn.map { Self.now + .days($0) }, warning: .days(warning), now: Self.now)
    #expect(ending?.drift.kind == kind)
  }
}
