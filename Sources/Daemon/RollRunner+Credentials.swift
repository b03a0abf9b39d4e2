internal import Configuration
internal import Core
internal import Platform
internal import Store

/// Rolls whose token is a credential of the service itself.
extension RollRunner {
  /// The credential that the roll in hand replaces, or the next one will.
  private var provided: String? { credentialRoll?.name ?? entry.provide }

  private var source: CredentialSource? { provided.flatMap { services.configuration.credentials[$0] } }

  /// The secret that is in force as far as is known.
  func currentSecret() -> Secret? { services.current(entry, provides: provided) }

  /// Whether the roll's own requests are let through while the credential that they present is held back for it.
  var passesHold: Bool { credentialRoll?.isHeld == true && credentialRoll?.name == entry.credential }

  private func fingerprint(of name: String) -> Fingerprint? { (try? services.credential(name))?.fingerprint }
}

// MARK: - Before the request

extension RollRunner {
  /// Waits until no roll is in hand that needs what this one replaces, or the other way round; false once the service stops.
  func takeTurn() async -> Bool {
    guard let name = entry.provide, credentialRoll == nil else { return true }
    let turn = CredentialTurns.Turn(replaced: name, needed: entry.credential)
    guard let ticket = await services.turns.take(turn) else { return false }
    credentialRoll = CredentialRoll(name: name, ticket: ticket, former: fingerprint(of: name))
    return true
  }

  /// Takes the turn of a roll that a restart found in hand, before anything else is begun; its credential may be dead.
  func reclaimTurn() {
    guard let name = entry.provide else { return }
    let turn = CredentialTurns.Turn(replaced: name, needed: entry.credential)
    credentialRoll = CredentialRoll(
      name: name, ticket: services.turns.seize(turn), former: fingerprint(of: name))
    credentialRoll?.isHeld = true
    services.gate.holdBack(name)
  }

  /// Waits until no request is under way with the credential that is about to die; false once the service stops.
  func holdCredential() async -> Bool {
    guard let name = credentialRoll?.name else { return true }
    credentialRoll?.isHeld = true
    credentialRoll?.isRenewed = false
    return await services.gate.hold(name, sparing: permit)
  }

  /// Makes the file for the credential's new secret ready.
  func prepareSuccessor() throws(SystemError) {
    guard let name = credentialRoll?.name, let source else { return }
    credentialRoll?.preparation = try services.succession.prepare(source, name: name)
  }
}

// MARK: - After the answer

extension RollRunner {
  /// Has the service use `secret` from now on, where it is the credential that the entry provides.
  ///
  /// Throws where it could not be made durable: it is in use all the same.
  func takeIntoUse(_ secret: Secret) throws(SystemError) {
    guard let name = provided, let source, credentialRoll?.isRenewed != true else { return }
    let path = try services.succession.succeed(
      source, name: name, with: secret, former: intent?.oldFingerprint, credentialRoll?.preparation)
    credentialRoll?.isRenewed = true
    guard let path else {
      report(
        Event(
          .credentialNotice,
          "The credential \"\(name)\" is not given the new secret: its file has been given another one since."
        ))
      return
    }
    report(
      Event(
        .credentialRenewed,
        "The credential \"\(name)\" has its new secret, which is used from now on, from \(path)."))
  }

  /// Lets requests with the credential through again.
  func liftHold() {
    guard let roll = credentialRoll, roll.isHeld else { return }
    credentialRoll?.isHeld = false
    services.gate.resume(roll.name)
  }

  /// Lets requests through where the operator has replaced the credential that a roll has ended.
  func reviewHold() {
    guard let roll = credentialRoll, roll.isHeld, !roll.isRenewed, !machine.phase.mustNotBeInterrupted,
      let present = fingerprint(of: roll.name), present != roll.former
    else { return }
    liftHold()
  }

  /// Gives the turn back where the roll has come to an end. While the credential's secret is lost the cure keeps it.
  func reviewTurn() {
    guard let roll = credentialRoll else { return }
    switch machine.phase {
    case .backingOff, .failed:
      if machine.cause == .cure { return reviewHold() }
    case .waiting: break
    default: return
    }
    liftHold()
    credentialRoll = nil
    services.turns.end(roll.ticket)
  }

  /// What follows for the credential from how its roll ended.
  func closeSuccession(_ outcome: RollOutcome) {
    guard let name = provided, let source else { return }
    switch outcome {
    case .settled: services.succession.prune(source, name: name)
    case .refusedSecret: if let newSecret { services.succession.discard(source, name: name, newSecret) }
    case .unverified, .otherToken, .withheld, .notRolled, .didNotHappen, .lost: break
    }
  }
}
