/// The life of one entry's rolls, as a value: it decides, and performs nothing.
///
/// `handle` takes an event and returns the effects that follow from it; at most one of them is answered by an
/// event, so that a machine never has two things under way. An event that does not fit the phase changes nothing.
public struct RollMachine: Sendable, Equatable {
  /// Where it stands.
  public internal(set) var phase = RollPhase.waiting
  /// Why the next attempt is begun.
  public internal(set) var cause = RollCause.schedule
  /// The roll in hand, or the last one.
  public internal(set) var rollID: RollID?
  /// Attempts in a row that came to nothing; 0 after a roll that settled.
  public internal(set) var failures = 0
  /// Until when an earlier request of uncertain outcome may still take effect, by the wall clock: to be kept over a restart.
  public internal(set) var doubtUntil: Timestamp?
  /// Why the last attempt came to nothing, for status; nil while all is well.
  public internal(set) var trouble: String?

  /// How long a request may still take effect after it timed out, and a new secret take to reach every edge.
  let settleTime: TimeSpan
  /// How the new secret is verified.
  var verification = VerifySettings.standard
  /// Whether the entry is an alternating pair, of which consumers hold one token and the other is rolled.
  public var isPair: Bool
  /// Whether the entry's token is replaced by a new one, instead of rolled.
  public var replaces = false
  /// Whether the roll in hand is such a replacement.
  public internal(set) var isReplacement = false
  /// Whether the new secret was found in force before it was published: then no consumer was without one.
  public internal(set) var isProved = false
  /// `doubtUntil` on the clock that nobody sets.
  var doubtEnd: TimeSpan?
  var oldIsKnown = false
  var modifiedOn: Timestamp?
  var needsConfirmation = false
  var isEscrowed = false
  /// Tries of the step in hand that failed.
  var tries = 0
  /// Uptime since which the old secret is known to be accepted (uncertain), or the new one published.
  var stepSince: TimeSpan?
  var begunAt: TimeSpan?
  var sentAt: TimeSpan?
  var pendingSettlement: Settlement?

  /// A machine with nothing in hand; `doubtUntil` and `failures` as they were kept over a restart.
  public init(settleTime: TimeSpan, doubtUntil: Timestamp? = nil, failures: Int = 0, isPair: Bool = false) {
    self.settleTime = settleTime
    self.isPair = isPair
    self.doubtUntil = doubtUntil
    self.failures = failures
  }

  /// Verifies from now on as `settings` say, also the roll in hand.
  public mutating func heed(_ settings: VerifySettings) { verification = settings }

  /// The whole of the decision: what follows from `event` at `moment`.
  public mutating func handle(_ event: RollEvent, at moment: Moment) -> [RollEffect] {
    switch (phase, event) {
    case (.waiting, .recovered(let roll)): recover(roll, at: moment)
    case (.waiting, .due(let id, let cause)), (.backingOff, .due(let id, let cause)),
      (.failed, .due(let id, let cause)):
      begin(id, cause, at: moment)
    case (.preflight, _), (.inspecting, _), (.intending, _): prepare(event, at: moment)
    case (.intended, .rolled(let warning)): receive(warning: warning, at: moment)
    case (.intended, .notRolled(let failure)): fail(failure, at: moment)
    case (.uncertain, _): resolve(event, at: moment)
    case (.escrowing, _), (.escrowed, _): publish(event, at: moment)
    case (.proving, _): prove(event, at: moment)
    case (.published, _), (.confirming, _): verify(event, at: moment)
    case (.verified, _): settle(event, at: moment)
    default: []
    }
  }

  /// What the last attempt failed for may be mended; the next one shows it.
  public mutating func forgetTrouble() { trouble = nil }

  private mutating func begin(_ id: RollID, _ cause: RollCause, at moment: Moment) -> [RollEffect] {
    takeUpDoubt(at: moment)
    // A cure that is owed stays one, whoever asks.
    if self.cause != .cure { self.cause = cause }
    rollID = id
    phase = .preflight
    begunAt = moment.uptime
    sentAt = nil
    stepSince = nil
    tries = 0
    isEscrowed = false
    isProved = false
    isReplacement = replaces
    modifiedOn = nil
    oldIsKnown = false
    return [.prepare]
  }

  private mutating func recover(_ roll: UnsettledRoll, at moment: Moment) -> [RollEffect] {
    rollID = roll.id
    cause = roll.cause
    modifiedOn = roll.modifiedOn
    oldIsKnown = roll.oldFingerprint != nil
    isReplacement = roll.isReplacement
    needsConfirmation = roll.needsConfirmation
    begunAt = moment.uptime
    takeUpDoubt(at: moment)
    // How much of the doubt is left was not kept with the intent: all of it, then.
    if needsConfirmation { cast(doubtAt: moment) }
    if roll.isEscrowed {
      isEscrowed = true
      if needsProof { return beginProof(at: moment) }
      phase = .escrowed
      return [.publish]
    }
    switch roll.stage {
    case .lost:
      return owe(at: moment)
    case .intended:
      let reason = "the service stopped between the intent and the answer"
      return isReplacement ? giveUp(reason, nil, at: moment) : doubt(reason, nil, at: moment)
    }
  }

  /// Puts what was kept of a doubt over a restart on the clock that nobody sets; a wall clock that was set in between makes
  /// it shorter, but never longer than a doubt can be.
  private mutating func takeUpDoubt(at moment: Moment) {
    guard doubtEnd == nil, let doubtUntil else { return }
    doubtEnd = moment.uptime + min(max(doubtUntil - moment.wall, .zero), doubtSpan)
  }

  /// Sends the entry back to wait for another attempt.
  mutating func backOff(
    _ reason: String, policy: RetryPolicy, retryAfter: TimeSpan? = nil, permanent: Bool = false,
    at moment: Moment
  ) -> RollEffect {
    failures += 1
    trouble = reason
    phase = permanent ? .failed : .backingOff
    let policy = cause == .cure ? RetryPolicy.urgent : policy
    return .wake(after: policy.delay(failures: failures, random: moment.random, retryAfter: retryAfter))
  }

  /// The secret in force is lost: nothing is more urgent than a new one.
  mutating func owe(at moment: Moment) -> [RollEffect] {
    // The first cure goes at once; one after another that failed waits like any attempt.
    let isRepeated = cause == .cure && failures > 0
    cause = .cure
    guard isRepeated else {
      phase = .backingOff
      failures += 1
      return [.rollAgain]
    }
    return [backOff(trouble ?? "the secret of the last roll is lost", policy: .urgent, at: moment)]
  }

  func event(_ kind: EventKind, _ message: String, _ failure: APIFailure? = nil) -> RollEffect {
    var event = Event(kind, message)
    event.attempt = failures + 1
    event.httpStatus = failure?.httpStatus
    event.apiCode = failure?.apiCode
    event.ray = failure?.ray
    return .report(event)
  }
}
