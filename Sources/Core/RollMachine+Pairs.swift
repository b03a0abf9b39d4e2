extension RollMachine {
  /// Whether the roll in hand is of a token that no consumer holds: the one of a pair that is not in use.
  ///
  /// A roll from before the entry became a pair is not: it knows the secret that it replaces, for consumers hold it.
  var isStandby: Bool { isPair && cause != .cure && !oldIsKnown }

  /// Whether nobody gets the new secret yet: consumers have one that is in force.
  var needsProof: Bool { (isStandby || isReplacement) && !isProved }

  /// While consumers have a secret that is in force, one that is in memory alone is published nowhere: a crash would leave nobody
  /// who knows that they have it, and it would be rolled away from them, or its token deleted.
  mutating func escrowLater(_ reason: String, at moment: Moment) -> [RollEffect] {
    tries += 1
    trouble = reason
    let wait = RollEffect.wake(after: RetryPolicy.urgent.delay(failures: tries, random: moment.random))
    guard tries & (tries - 1) == 0 else { return [wait] }
    let report = event(
      .escrowFailed,
      "The new secret could not be made durable: \(reason). It is published nowhere before; consumers keep the one that they "
        + "have." + next(wait))
    return [report, wait]
  }

  /// Nobody gets the new secret of a standby, or of a new token, before the API has said that it is in force.
  mutating func beginProof(at moment: Moment) -> [RollEffect] {
    phase = .proving
    stepSince = stepSince ?? moment.uptime
    return [.verify]
  }

  mutating func prove(_ event: RollEvent, at moment: Moment) -> [RollEffect] {
    switch event {
    case .wake:
      return [.verify]
    case .alreadyPublished:
      // Where a destination has it, the others are to have it too.
      phase = .escrowed
      tries = 0
      trouble = nil
      return [.publish]
    case .standing(.inForce(status: "active")):
      // While an earlier request may still replace it, consumers are better off with what they have.
      if let wait = watchWait(at: moment) {
        tries = 0
        return [.wake(after: wait)]
      }
      isProved = true
      phase = .escrowed
      tries = 0
      trouble = nil
      return [.publish]
    case .standing(.inForce(let status)):
      return withhold("the token is \(status)")
    case .standing(.otherToken(let id)):
      return withhold("it belongs to token \(id)")
    case .standing(.refused(let reason)):
      return notProved(reason, at: moment)
    case .standing(.unknown(let reason)):
      return proveLater(reason, at: moment)
    case .standing(.unavailable):
      return proveLater("there is no secret to ask with", at: moment)
    default:
      return []
    }
  }

  private mutating func notProved(_ reason: String, at moment: Moment) -> [RollEffect] {
    // A new secret may take seconds to reach every edge of the API.
    if let stepSince, moment.uptime - stepSince < verification.timeout ?? settleTime {
      tries += 1
      return [.wake(after: RetryPolicy.urgent.delay(failures: tries, random: moment.random))]
    }
    guard needsConfirmation else { return withhold("the API refuses it: \(reason)") }
    return loseStandby("an earlier request took effect later and replaced it (\(reason))", at: moment)
  }

  /// Nothing is urgent: consumers have a secret that is in force.
  private mutating func proveLater(_ reason: String, at moment: Moment) -> [RollEffect] {
    tries += 1
    if tries >= Self.verificationTries {
      trouble = "whether the new secret is in force could not be found out: \(reason)"
    }
    let policy = tries < Self.verificationTries ? RetryPolicy.urgent : .transient
    let wait = RollEffect.wake(after: policy.delay(failures: tries, random: moment.random))
    guard tries == Self.verificationTries else { return [wait] }
    let report = event(
      .verificationUnknown,
      "Whether the new secret is in force could not be found out: \(reason). It is not published before; consumers "
        + "keep the secret that they have." + next(wait))
    return [report, wait]
  }

  private mutating func withhold(_ reason: String) -> [RollEffect] {
    let report = event(
      .secretWithheld,
      "The new secret is published nowhere: \(reason). Consumers keep the secret that they have, of "
        + (isReplacement
          ? "the token that was to be replaced; the new one is deleted. " : "the other token of the pair. ")
        + "Nothing is rolled by itself before the next period: run `tokenroll roll` for this entry once the "
        + "cause is known.")
    return [report] + close(.withheld, reason)
  }

  /// The roll took place and its secret is lost, which harms nobody: the standby is rolled again when its turn comes.
  mutating func loseStandby(_ sign: String, at moment: Moment) -> [RollEffect] {
    let wait = backOff("the secret of the last roll is lost: \(sign)", policy: .transient, at: moment)
    return [
      .withdraw(.lost, reason: sign, owesCure: false),
      event(
        .standbySecretLost,
        "The new secret is lost: \(sign). No consumer had it, and the token is rolled again." + next(wait)),
      wait,
    ]
  }
}
