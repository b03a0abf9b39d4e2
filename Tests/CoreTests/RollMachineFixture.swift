import Core

/// A machine and the clock by which it is asked: a table names events, and looks at what follows.
struct Rolling {
  static let start = Timestamp(seconds: 1_800_000_000)
  static let settleTime = TimeSpan.seconds(30)
  static let fingerprint = Fingerprint(bytes: Array(repeating: 1, count: 32))
  static let modified = Timestamp(seconds: 1_790_000_000)

  var machine = RollMachine(settleTime: settleTime)
  var uptime = TimeSpan.seconds(1_000)
  var wall = start
  private var identities: UInt64 = 0

  init(_ machine: RollMachine = RollMachine(settleTime: settleTime)) { self.machine = machine }

  /// What follows from `event`, but for reports.
  @discardableResult mutating func hears(_ event: RollEvent) -> [RollEffect] {
    hearsWithReports(event).filter { if case .report = $0 { false } else { true } }
  }

  mutating func hearsWithReports(_ event: RollEvent) -> [RollEffect] {
    // The least random number, so that each wait is the shortest there can be.
    machine.handle(event, at: Moment(wall: wall, uptime: uptime, random: 0))
  }

  /// The kinds of the reports that follow from `event`.
  mutating func reports(_ event: RollEvent) -> [EventKind] {
    hearsWithReports(event).compactMap { if case .report(let event) = $0 { event.kind } else { nil } }
  }

  @discardableResult mutating func begins(_ cause: RollCause = .schedule) -> [RollEffect] {
    identities += 1
    return hears(.due(RollID(high: 0, low: identities), cause))
  }

  mutating func passes(_ span: TimeSpan) {
    uptime = uptime + span
    wall = wall + span
  }

  /// A machine that was led to `phase` on the shortest way.
  static func standing(in phase: RollPhase) -> Rolling {
    var rolling = Rolling()
    if phase == .proving { rolling.machine.isPair = true }
    let begun: [RollEvent] = [.due(RollID(high: 0, low: 99), .schedule)]
    let intended = begun + [.prepared(old: .ours), .intentRecorded]
    let published = intended + [.rolled(warning: nil), .escrowed, .published(narrowed: [])]
    let events: [RollEvent] =
      switch phase {
      case .waiting: []
      case .backingOff: begun + [.notReady("full", errno: nil)]
      case .failed: intended + [.notRolled(.forbidden)]
      case .preflight: begun
      case .inspecting: begun + [.prepared(old: .absent)]
      case .intending: begun + [.prepared(old: .ours)]
      case .intended: intended
      case .uncertain: intended + [.notRolled(.lost)]
      case .escrowing: intended + [.rolled(warning: nil)]
      case .proving: [.recovered(.roll(isOldKnown: false, isEscrowed: true))]
      case .escrowed: intended + [.rolled(warning: nil), .escrowed]
      case .published: published
      case .confirming:
        [.recovered(.roll(needsConfirmation: true, isEscrowed: true)), .published(narrowed: []), .inForce]
      case .verified: published + [.inForce]
      }
    for event in events { rolling.hears(event) }
    return rolling
  }
}

extension APIFailure {
  static let lost = APIFailure(.unknown, "no answer")
  static let badGateway = APIFailure(.unknown, "bad gateway", httpStatus: 502)
  static let forbidden = APIFailure(.refused, "forbidden", httpStatus: 403)
  static let offline = APIFailure(.notSent, "no connection")
  static let tooMany = APIFailure(.rateLimited, "too many", httpStatus: 429, retryAfter: .seconds(300))
}

extension RollEvent {
  static let inForce = RollEvent.standing(.inForce(status: "active"))
  static let refused = RollEvent.standing(.refused("invalid"))
  static let unknown = RollEvent.standing(.unknown("silence"))
}

extension UnsettledRoll {
  static func roll(
    cause: RollCause = .schedule, stage: Stage = .intended, isOldKnown: Bool = true,
    modifiedOn: Timestamp? = nil,
    needsConfirmation: Bool = false, isEscrowed: Bool = false
  ) -> UnsettledRoll {
    UnsettledRoll(
      id: RollID(high: 7, low: 7), cause: cause, stage: stage, startedAt: Rolling.start,
      oldFingerprint: isOldKnown ? Rolling.fingerprint : nil, modifiedOn: modifiedOn,
      needsConfirmation: needsConfirmation, isEscrowed: isEscrowed)
  }
}
