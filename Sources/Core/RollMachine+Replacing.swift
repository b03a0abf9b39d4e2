extension RollMachine {
  /// The answer to the creation of a token is lost, and its secret with it, which nobody had: the attempt is over. What it may
  /// have made is looked for and deleted, however late it appears.
  mutating func giveUp(_ reason: String, _ failure: APIFailure?, at moment: Moment) -> [RollEffect] {
    let owesCure = cause == .cure
    let wait = backOff(reason, policy: .transient, at: moment)
    return [
      .withdraw(.didNotHappen, reason: reason, owesCure: owesCure),
      event(
        .replacementUncertain,
        "It is not known whether a new token was created: \(reason). Consumers keep the token that they have; one that was "
          + "created is found by its name and deleted." + next(wait), failure),
      wait,
    ]
  }

  /// A secret that is in memory alone is published nowhere: a crash would have the new token deleted, as one that nobody has.
  mutating func escrowLater(_ reason: String, at moment: Moment) -> [RollEffect] {
    tries += 1
    trouble = reason
    let wait = RollEffect.wake(after: RetryPolicy.urgent.delay(failures: tries, random: moment.random))
    guard tries & (tries - 1) == 0 else { return [wait] }
    let report = event(
      .escrowFailed,
      "The secret of the new token could not be made durable: \(reason). It is published nowhere before; consumers keep the "
        + "one that they have." + next(wait))
    return [report, wait]
  }
}
