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
}
