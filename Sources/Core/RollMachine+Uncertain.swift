extension RollMachine {
  /// How long after an uncertain request a later secret is watched: a request later than `settleTime` is not expected, and
  /// would cost the consumers of that secret a whole period of the schedule.
  ///
  /// Twenty settle times: ten minutes with the default of 30 seconds.
  public static func doubtSpan(_ settleTime: TimeSpan) -> TimeSpan {
    TimeSpan(microseconds: settleTime.microseconds * 20)
  }

  var doubtSpan: TimeSpan { Self.doubtSpan(settleTime) }

  /// The longest time between two questions while a request may still take effect: its consumers are down from then on.
  static let watchInterval = TimeSpan.seconds(15)

  /// Whether an earlier request may still take effect.
  func isInDoubt(at moment: Moment) -> Bool { doubtEnd.map { moment.uptime < $0 } ?? false }

  /// How long to wait before a new secret that is in force is asked for again; nil once no earlier request may replace it.
  func watchWait(at moment: Moment) -> TimeSpan? {
    guard needsConfirmation, let doubtEnd, isInDoubt(at: moment) else { return nil }
    return min(doubtEnd - moment.uptime, Self.watchInterval)
  }

  /// From now on a request of uncertain outcome may take effect.
  mutating func cast(doubtAt moment: Moment) {
    doubtEnd = moment.uptime + doubtSpan
    doubtUntil = moment.wall + doubtSpan
  }

  /// Begins to find out whether the roll took place.
  mutating func doubt(_ reason: String, _ failure: APIFailure?, at moment: Moment) -> [RollEffect] {
    phase = .uncertain
    trouble = reason
    cast(doubtAt: moment)
    tries = 0
    stepSince = nil
    let question =
      isStandby
      ? "No consumer has the token's secret; the API is asked when it was changed."
      : "The old secret is asked for until it is known."
    let report = event(
      .rollUncertain, "It is not known whether the roll took place: \(reason). \(question)", failure)
    return [report, ask()]
  }

  private func ask() -> RollEffect { oldIsKnown ? .askOld : .askModified }

  mutating func resolve(_ event: RollEvent, at moment: Moment) -> [RollEffect] {
    switch event {
    case .wake:
      return [ask()]
    case .standing(.inForce):
      return accepted("the old secret is still accepted", at: moment)
    case .standing(.refused(let reason)):
      return happened("the old secret is refused (\(reason))", at: moment)
    case .standing(.unknown(let reason)):
      return askLater(reason, at: moment)
    case .standing(.otherToken), .standing(.unavailable):
      oldIsKnown = false
      return [.askModified]
    case .modified(let time):
      guard let before = modifiedOn, let time else {
        return happened("the old secret is not known, so that it cannot be found out", at: moment)
      }
      if time == before { return accepted("the token was not modified since", at: moment) }
      return happened("the token was modified since", at: moment)
    case .notModified(let failure):
      // Without a time to compare with, the answer would not have told anything.
      guard modifiedOn != nil else {
        return happened("the old secret is not known, so that it cannot be found out", at: moment)
      }
      return askLater(failure.reason, at: moment)
    default:
      return []
    }
  }

  /// The roll did not happen so far; a late request may still arrive until the settle time is over.
  private mutating func accepted(_ sign: String, at moment: Moment) -> [RollEffect] {
    tries = 0
    let since = stepSince ?? moment.uptime
    stepSince = since
    let rest = settleTime - (moment.uptime - since)
    guard rest <= .zero else { return [.wake(after: min(rest, Self.watchInterval))] }
    stepSince = nil
    let reason = trouble ?? "the outcome was uncertain"
    let owesCure = cause == .cure
    let wait = backOff(reason, policy: .transient, at: moment)
    return [
      .withdraw(.didNotHappen, reason: reason, owesCure: owesCure),
      event(
        .rollDidNotHappen, "The uncertain roll did not take place: \(sign). Nothing is lost." + next(wait)),
      wait,
    ]
  }

  private mutating func happened(_ sign: String, at moment: Moment) -> [RollEffect] {
    if isStandby { return loseStandby(sign, at: moment) }
    let report = event(
      .rollHappenedSecretLost,
      "The uncertain roll is taken to have happened: \(sign). Its secret is lost and consumers are down; "
        + "the token is rolled again ahead of everything else.")
    return [report] + owe(at: moment)
  }

  private mutating func askLater(_ reason: String, at moment: Moment) -> [RollEffect] {
    tries += 1
    // What was accepted before the API fell silent has to be seen again.
    let wait = RollEffect.wake(after: RetryPolicy.urgent.delay(failures: tries, random: moment.random))
    guard tries & (tries - 1) == 0 else { return [wait] }
    let report = event(
      .rollUncertain, "It is still not known whether the roll took place: \(reason)." + next(wait))
    return [report, wait]
  }
}
