extension RollMachine {
  mutating func prepare(_ event: RollEvent, at moment: Moment) -> [RollEffect] {
    switch (phase, event) {
    case (.preflight, .prepared(let old)):
      // In steady state, and where consumers are down already, nothing is asked first.
      if !isReplacement, old == .ours && !isPair || cause == .cure {
        return intend(oldIsInForce: old == .ours && cause != .cure, at: moment)
      }
      phase = .inspecting
      return [.inspect(old: old)]
    case (.preflight, .postponed(let span)):
      phase = .backingOff
      return [.wake(after: span)]
    case (.preflight, .notReady(let reason, let errno)):
      return putOff(reason, errno: errno, at: moment)
    case (.inspecting, .inspected(_, old: .otherToken(let id))):
      let reason = "the secret in the first destination belongs to token \(id): entries or files are crossed"
      let wait = backOff(reason, policy: .refused, permanent: true, at: moment)
      return [self.event(.tokenMismatch, "Not rolled: \(reason). Correct token_id or file."), wait]
    case (.inspecting, .inspected(let modifiedOn, let old)):
      self.modifiedOn = modifiedOn
      // What consumers of a pair hold is the secret of the token that is not rolled.
      if case .inForce = old, !isPair { return intend(oldIsInForce: true, at: moment) }
      return intend(oldIsInForce: false, at: moment)
    case (.inspecting, .notReady(let reason, let errno)):
      return putOff(reason, errno: errno, at: moment)
    case (.inspecting, .notInspected(let failure)):
      return refuse(
        failure, "The token could not be looked up before its roll, and nothing was sent", at: moment)
    case (.intending, .intentRecorded):
      phase = .intended
      sentAt = moment.uptime
      return [self.event(.rollStarted, "Rolling: the intent is recorded, the request is sent."), .send]
    case (.intending, .intentNotRecorded(let reason)):
      return putOff(reason, errno: nil, at: moment)
    default:
      return []
    }
  }

  private mutating func intend(oldIsInForce: Bool, at moment: Moment) -> [RollEffect] {
    phase = .intending
    oldIsKnown = oldIsInForce
    // What was sent for the old token does not touch a new one.
    needsConfirmation = !isReplacement && isInDoubt(at: moment)
    return [
      .recordIntent(
        Intent(modifiedOn: modifiedOn, oldIsInForce: oldIsInForce, needsConfirmation: needsConfirmation))
    ]
  }

  private mutating func putOff(_ reason: String, errno: Int32?, at moment: Moment) -> [RollEffect] {
    let wait = backOff(reason, policy: .transient, at: moment)
    var event = Event(.rollNotReady, "Not rolled, nothing was sent: \(reason)." + next(wait))
    event.attempt = failures
    event.errno = errno
    return [.report(event), wait]
  }

  /// The request brought no secret.
  mutating func fail(_ failure: APIFailure, at moment: Moment) -> [RollEffect] {
    guard failure.effect != .unknown else {
      return isReplacement
        ? giveUp(failure.reason, failure, at: moment) : doubt(failure.reason, failure, at: moment)
    }
    let withdrawal = RollEffect.withdraw(.notRolled, reason: failure.reason, owesCure: cause == .cure)
    return [withdrawal]
      + refuse(failure, isReplacement ? notCreated(failure) : "The roll did not take place", at: moment)
  }

  private func notCreated(_ failure: APIFailure) -> String {
    let isAboutRights = failure.effect == .refused && failure.httpStatus == 403
    return "No new token was created"
      + (isAboutRights ? " (a credential creates no token with rights that it does not have itself)" : "")
  }

  private mutating func refuse(_ failure: APIFailure, _ what: String, at moment: Moment) -> [RollEffect] {
    let state = cause == .cure ? "consumers stay down" : "the old secret stays in force"
    switch failure.effect {
    case .refused:
      let wait = backOff(failure.reason, policy: .refused, permanent: true, at: moment)
      let message = "\(what): \(failure.reason); \(state)." + next(wait)
      return [event(.rollRefusedForGood, message, failure), wait]
    case .rateLimited:
      let wait = backOff(
        failure.reason, policy: .transient, retryAfter: failure.retryAfter, at: moment)
      return [event(.rateLimited, "\(what): \(failure.reason); \(state)." + next(wait), failure), wait]
    case .notSent, .unknown:
      let wait = backOff(failure.reason, policy: .transient, retryAfter: failure.retryAfter, at: moment)
      return [event(.rollRefused, "\(what): \(failure.reason); \(state)." + next(wait), failure), wait]
    }
  }

  /// The end of a sentence about what follows.
  func next(_ wait: RollEffect) -> String {
    guard case .wake(let span) = wait else { return "" }
    return " The next attempt is in \(span.abbreviated)."
  }
}
