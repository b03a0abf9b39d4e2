extension RollMachine {
  mutating func receive(warning: String?, at moment: Moment) -> [RollEffect] {
    phase = .escrowing
    tries = 0
    // The warning waits until the secret is safe: nothing comes before the escrow.
    guard let warning else { return [.escrow] }
    return [.escrow, event(.secretFormUnexpected, "The new secret \(warning); it is kept as it is.")]
  }

  mutating func publish(_ event: RollEvent, at moment: Moment) -> [RollEffect] {
    switch (phase, event) {
    case (.escrowing, .escrowed):
      isEscrowed = true
      let report = self.event(.secretEscrowed, "The new secret is durable.")
      if needsProof { return [report] + beginProof(at: moment) }
      phase = .escrowed
      return [.publish, report]
    case (.escrowing, .wake) where needsProof:
      return [.escrow]
    case (.escrowing, .notEscrowed(let reason)):
      if needsProof { return escrowLater(reason, at: moment) }
      phase = .escrowed
      let report = self.event(
        .escrowFailed,
        "The new secret could not be made durable: \(reason). It is held in memory alone until a destination "
          + "has it; do not stop the service.")
      return tries == 0 ? [report, .publish] : [.publish]
    case (.escrowed, .published(let narrowed)):
      phase = .published
      tries = 0
      trouble = nil
      stepSince = moment.uptime
      var report = Event(.secretPublished, "The new secret is in every destination.")
      if let sentAt { report.duration = moment.uptime - sentAt }
      let warnings = narrowed.map { self.event(.publishedWithNarrowerRights, $0) }
      if isProved { return [.report(report)] + warnings + close(.settled) }
      // Where an earlier request may still replace the secret, only asking tells.
      guard verification.afterRoll || needsConfirmation else {
        return [.report(report)] + warnings + close(.unverified, "as \"after_roll\" wants it")
      }
      return [.report(report)] + warnings + [.verify]
    case (.escrowed, .notPublished(let reason, let errno)):
      tries += 1
      trouble = reason
      let wait = RollEffect.wake(after: RetryPolicy.urgent.delay(failures: tries, random: moment.random))
      guard tries & (tries - 1) == 0 else { return [wait] }
      let place = isEscrowed ? "It is safe in escrow" : "It is in memory alone: do not stop the service"
      var report = Event(
        .publicationFailed,
        "The new secret is not in every destination: \(reason). \(place); consumers may be down." + next(wait)
      )
      report.errno = errno
      report.attempt = tries
      return [.report(report), wait]
    case (.escrowed, .wake):
      // A secret without escrow comes first: it gets another chance before the destinations do.
      if isEscrowed { return [.publish] }
      phase = .escrowing
      return [.escrow]
    default:
      return []
    }
  }

  mutating func verify(_ event: RollEvent, at moment: Moment) -> [RollEffect] {
    switch event {
    case .wake:
      return [.verify]
    case .standing(.inForce(let status)):
      if let wait = watchWait(at: moment) {
        phase = .confirming
        tries = 0
        return [.wake(after: wait)]
      }
      let warning = self.event(
        .verificationUnknown,
        "The new secret is accepted, but the token is \(status): consumers cannot use it.")
      return (status == "active" ? [] : [warning]) + close(.settled)
    case .standing(.otherToken(let id)):
      let report = self.event(
        .tokenMismatch,
        "The API says that the published secret belongs to token \(id). Correct the configuration.")
      return [report] + close(.otherToken, "belongs to token \(id)")
    case .standing(.refused(let reason)):
      return refused(reason, at: moment)
    case .standing(.unknown(let reason)):
      return notVerified(reason, at: moment)
    case .standing(.unavailable):
      return notVerified("there is no secret to ask with", at: moment)
    default:
      return []
    }
  }

  private mutating func notVerified(_ reason: String, at moment: Moment) -> [RollEffect] {
    tries += 1
    let policy = tries < Self.verificationTries ? RetryPolicy.urgent : .transient
    // Where an earlier request may have replaced the secret, the answer is worth a longer wait than where all is well.
    let patience = needsConfirmation ? Self.doubtPatience : .zero
    guard tries >= Self.verificationTries, stepSince.map({ moment.uptime - $0 >= patience }) ?? true else {
      return [.wake(after: policy.delay(failures: tries, random: moment.random))]
    }
    let report = self.event(
      .verificationUnknown,
      "The new secret is published, but whether it is in force could not be found out: \(reason).")
    return [report] + close(.unverified, reason)
  }

  /// Tries before a secret that nobody can judge is left as it is; with `RetryPolicy.urgent` about three minutes.
  static let verificationTries = 8
  /// How long a secret in doubt is asked for; longer than the API was ever out of reach, shorter than most periods.
  static let doubtPatience = TimeSpan.days(1)

  private mutating func refused(_ reason: String, at moment: Moment) -> [RollEffect] {
    // A new secret may take seconds to reach every edge of the API.
    if let stepSince, moment.uptime - stepSince < verification.timeout ?? settleTime {
      tries += 1
      return [.wake(after: RetryPolicy.urgent.delay(failures: tries, random: moment.random))]
    }
    guard needsConfirmation else {
      let report = event(
        .secretRefused,
        "The API refuses the secret that was just published: \(reason). Somebody else may have rolled the token. "
          + "It is not rolled again by itself: run `tokenroll roll` for this entry once the cause is known.")
      return [report] + close(.refusedSecret, reason)
    }
    let report = event(
      .rollHappenedSecretLost,
      "An earlier request took effect after this roll and replaced its secret (\(reason)). Consumers are down; "
        + "the token is rolled again ahead of everything else.")
    return [report] + owe(at: moment)
  }

  mutating func close(_ outcome: RollOutcome, _ detail: String? = nil) -> [RollEffect] {
    phase = .verified
    tries = 0
    // What is in force after the end of a doubt owes nothing to earlier requests any more.
    if outcome == .settled {
      doubtUntil = nil
      doubtEnd = nil
    }
    pendingSettlement = Settlement(outcome: outcome, detail: detail)
    return [.settle(outcome, detail: detail)]
  }

  mutating func settle(_ event: RollEvent, at moment: Moment) -> [RollEffect] {
    guard let settlement = pendingSettlement else { return [] }
    switch event {
    case .settled:
      return finish(settlement, at: moment)
    case .notSettled(let reason):
      tries += 1
      trouble = reason
      let wait = RollEffect.wake(after: RetryPolicy.urgent.delay(failures: tries, random: moment.random))
      let report = self.event(
        .stateNotWritten,
        "The secret is published, but the history could not be written: \(reason). The escrow is kept."
          + next(wait))
      return tries & (tries - 1) == 0 ? [report, wait] : [wait]
    case .wake:
      return [.settle(settlement.outcome, detail: settlement.detail)]
    default:
      return []
    }
  }

  private mutating func finish(_ settlement: Settlement, at moment: Moment) -> [RollEffect] {
    pendingSettlement = nil
    var report = Event(.rollSettled, "Rolled: \(settlement.sentence)")
    report.attempt = failures + 1
    if let begunAt { report.duration = moment.uptime - begunAt }
    var effects = [RollEffect.report(report)]
    let isGood = settlement.outcome == .settled || settlement.outcome == .unverified
    if isGood, failures > 0 {
      effects.append(
        event(
          .entryRecovered,
          "The entry works again after \(failures) failed \(failures == 1 ? "attempt" : "attempts")."))
    }
    phase = .waiting
    cause = .schedule
    failures = isGood ? 0 : failures + 1
    trouble = isGood ? nil : settlement.sentence
    needsConfirmation = false
    return effects
  }
}

/// How the roll in hand ends, until the history says so.
struct Settlement: Sendable, Equatable {
  var outcome: RollOutcome
  var detail: String?

  var sentence: String {
    switch outcome {
    case .settled: "published everywhere and verified."
    case .unverified: "published everywhere, not verified (\(detail ?? "no reason"))."
    case .refusedSecret: "published everywhere, but the API refuses the secret (\(detail ?? "no reason"))."
    case .otherToken: "published everywhere, but the secret \(detail ?? "belongs to another token")."
    case .withheld: "published nowhere, for \(detail ?? "the API does not accept the secret")."
    case .notRolled, .didNotHappen, .lost: detail ?? outcome.rawValue
    }
  }
}
