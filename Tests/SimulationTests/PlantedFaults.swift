import Core

@testable import SimulatedWorld

/// Publishes first, and makes the secret durable after that.
final class EscrowAfterPublication: EntryDriver {
  private var isHeld = false

  override func decide(_ event: RollEvent) -> [RollEffect] {
    switch event {
    case .rolled:
      _ = super.decide(event)
      isHeld = true
      return [.publish]
    case .published where isHeld, .notPublished where isHeld:
      isHeld = false
      return [.escrow]
    default: return super.decide(event)
    }
  }
}

/// Sends first, and records the intent after that.
final class IntentAfterRequest: EntryDriver {
  private var intent: RollEffect?
  private var answer: RollEvent?

  override func decide(_ event: RollEvent) -> [RollEffect] {
    switch event {
    case .rolled where intent != nil, .notRolled where intent != nil:
      answer = event
      defer { intent = nil }
      return intent.map { [$0] } ?? []
    case .intentRecorded where answer != nil, .intentNotRecorded where answer != nil:
      let kept = answer ?? event
      answer = nil
      return super.decide(kept)
    default:
      let effects = super.decide(event)
      guard case .recordIntent = effects.first else { return effects }
      intent = effects.first
      return super.decide(.intentRecorded)
    }
  }
}

/// Repeats a request that the API answered with a 5xx, as the official clients do.
final class RepeatedRequest: EntryDriver {
  override func decide(_ event: RollEvent) -> [RollEffect] {
    if case .notRolled(let failure) = event, failure.httpStatus == 502 { return [.send] }
    return super.decide(event)
  }
}

/// Takes a 5xx for a refusal: nothing happened, so nothing is asked.
final class ErrorTakenForRefusal: EntryDriver {
  override func decide(_ event: RollEvent) -> [RollEffect] {
    guard case .notRolled(var failure) = event, failure.httpStatus == 502 else { return super.decide(event) }
    failure.effect = .rateLimited
    return super.decide(.notRolled(failure))
  }
}

/// Erases the escrow as soon as the secret is published.
final class EscrowErasedEarly: EntryDriver {
  override func settle(_ outcome: RollOutcome) throws(Crash) -> RollEvent {
    try eraseEscrow()
    return try super.settle(outcome)
  }
}

/// Believes the first answer after an uncertain request: as if the time to settle were over at once.
final class NoTimeToSettle: EntryDriver {
  override func decide(_ event: RollEvent) -> [RollEffect] {
    let effects = super.decide(event)
    guard machine.phase == .uncertain, case .standing(.inForce) = event, case .wake = effects.first else {
      return effects
    }
    var moment = world.moment()
    moment.uptime = moment.uptime + world.profile.settleTime + .seconds(1)
    return machine.handle(event, at: moment)
  }
}

/// Settles a curing roll at the first good answer, though an earlier request may still replace its secret.
final class NoConfirmation: EntryDriver {
  override func recordIntent(_ wanted: Intent) throws(Crash) -> RollEvent {
    var wanted = wanted
    wanted.needsConfirmation = false
    return try super.recordIntent(wanted)
  }

  override func decide(_ event: RollEvent) -> [RollEffect] {
    let effects = super.decide(event)
    guard machine.phase == .confirming, case .wake = effects.first else { return effects }
    var moment = world.moment()
    moment.uptime = moment.uptime + .hours(2)
    return machine.handle(event, at: moment)
  }
}

/// Takes "cannot tell" for "refused", and cures what is not ill.
final class SilenceTakenForRefusal: EntryDriver {
  override func decide(_ event: RollEvent) -> [RollEffect] {
    if machine.phase == .uncertain, case .standing(.unknown(let reason)) = event {
      return super.decide(.standing(.refused(reason)))
    }
    return super.decide(event)
  }
}

/// Forgets to ask for a wake after a publication that failed.
final class ForgottenWake: EntryDriver {
  override func decide(_ event: RollEvent) -> [RollEffect] {
    let effects = super.decide(event)
    guard case .notPublished = event else { return effects }
    return effects.filter { if case .wake = $0 { false } else { true } }
  }
}

/// Leaves the escrow of a roll whose secret a later request replaced.
final class EscrowLeftBehind: EntryDriver {
  override func recordIntent(_ wanted: Intent) throws(Crash) -> RollEvent {
    escrow = nil
    return try super.recordIntent(wanted)
  }
}

// MARK: - Pairs

/// Rolls the token that consumers hold instead of the other one.
final class RollOfTheOneInUse: EntryDriver {
  override func prepare() throws(Crash) -> Result {
    let result = try super.prepare()
    if case .answered(.prepared) = result, machine.cause != .cure { changeOver() }
    return result
  }
}

/// Publishes what was not proved.
final class PublicationBeforeProof: EntryDriver {
  override func decide(_ event: RollEvent) -> [RollEffect] {
    let effects = super.decide(event)
    guard machine.phase == .proving, case .escrowed = event else { return effects }
    return super.decide(.standing(.inForce(status: "active")))
  }
}

/// Publishes from memory what could not be made durable.
final class PublicationFromMemory: EntryDriver {
  override func decide(_ event: RollEvent) -> [RollEffect] {
    if case .notEscrowed = event, twin != nil { return super.decide(.escrowed) }
    return super.decide(event)
  }
}

/// Goes by the clock alone in the question which of the two was published last.
final class OrderByTheClock: EntryDriver {
  override func former(_ twin: Disk.Record, _ time: Timestamp) -> Disk.Record { twin }
}

// MARK: - Replacement

/// Forgets to write down with the intent what the request may create.
final class CreationNotExpected: EntryDriver {
  override func expectCreation(by roll: RollID, _ disk: inout Disk) {}
}

/// Has the replaced token deleted at once.
final class NoGrace: EntryDriver {
  override func surplus(_ isGood: Bool) -> (token: Int, due: Timestamp)? {
    super.surplus(isGood).map { ($0.token, world.wall) }
  }
}

/// Takes the new token for what is left over.
final class DeletionOfTheNewOne: EntryDriver {
  override func surplus(_ isGood: Bool) -> (token: Int, due: Timestamp)? {
    super.surplus(isGood).map { (newToken ?? $0.token, $0.due) }
  }
}

/// Takes a lost answer for a refusal: nothing was created, so nothing is looked for.
final class LostCreationTakenForRefusal: EntryDriver {
  override func withdraw(_ outcome: RollOutcome, _ owesCure: Bool) throws(Crash) {
    try super.withdraw(machine.isReplacement && outcome == .didNotHappen ? .notRolled : outcome, owesCure)
  }
}

/// After a crash takes the escrow for that of the token which is in force, and deletes the new one as one that nobody has.
final class EscrowOfTheOldToken: EntryDriver {
  override func recover(_ roll: Disk.Open, of row: Int, _ escrow: Disk.Escrow?) throws(Crash) {
    if roll.roll.isReplacement, let escrow {
      _ = try world.write { $0.owe(escrow.token, of: row, due: self.world.wall) }
    }
    try super.recover(roll, of: row, escrow)
  }
}
