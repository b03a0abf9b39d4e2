internal import CloudflareAPI
internal import Configuration
internal import Core
internal import Platform
internal import Store

/// Asks for the old secret some more times after an uncertain roll that turned out not to have taken place.
///
/// Its request may still take effect until the doubt is over, and consumers would be down until the next roll. Within the
/// doubt that roll watches its own secret; this watches while there is none: the entry is paused, or its rolls are refused.
/// It keeps no roll from beginning, asks nothing while one is in hand, and nothing at all where there is no doubt.
@RotationActor final class DoubtWatch {
  /// How often the secret is asked for within a doubt.
  private static let questions: Int64 = 8
  /// How soon it is asked for again where the API did not say anything.
  private static let repetition = TimeSpan.seconds(15)

  private let services: RollServices
  weak var rotator: Rotator?
  private var dues = DueQueue<TimeSpan>()
  private var asking: [Int: Vigil] = [:]
  /// By row: what the API accepted when it was found that the roll had not taken place.
  private var accepted: [Int64: Fingerprint] = [:]
  private var timer: BootTimer?

  init(services: RollServices) throws(SystemError) {
    self.services = services
    timer = try BootTimer { [weak self] in self?.tick() }
  }

  /// Notes by what the secret of the token of that row is recognised, which the API still accepts.
  func note(_ secret: Fingerprint, _ row: Int64) { accepted[row] = secret }

  /// The slots have been arranged anew: `moved` says where each went. The plan follows.
  func take(moved: [Int?]) {
    var kept: [Int: Vigil] = [:]
    for (old, vigil) in asking {
      vigil.slot = moved[old]
      if let new = moved[old] { kept[new] = vigil }
    }
    asking = kept
    dues = DueQueue()
  }

  /// Plans the next question about the entry in a slot; none without doubt, and none while a roll is in hand.
  func plan(_ index: Int) {
    guard let rotator, let wait = wait(index, rotator) else {
      guard dues[index] != nil else { return }
      dues.remove(index)
      return arm()
    }
    let time = services.clock.bootTime + wait
    // What is planned anew again and again has to come about all the same.
    dues.set(index, to: min(time, dues[index] ?? time))
    arm()
  }

  private func wait(_ index: Int, _ rotator: Rotator) -> TimeSpan? {
    // Most entries are in no doubt, and a slot is large.
    guard let end = rotator.slots[index].records.inUse.doubtUntil else { return nil }
    let slot = rotator.slots[index]
    guard slot.isConfigured, slot.record.lastAttempt != nil,
      asking[index] == nil, !rotator.isStopping, !rotator.isInHand(index), rotator.mayBegin == nil
    else { return nil }
    let span = RollMachine.doubtSpan(services.configuration.api.settleTime)
    // A clock that was set back makes no doubt longer than it can be.
    let rest = min(max(end - services.clock.now, .zero), span)
    return min(rest, TimeSpan(microseconds: span.microseconds / Self.questions))
  }

  private func arm() { services.health.arm(timer, for: dues.first?.time) }

  private func tick() {
    let uptime = services.clock.bootTime
    while let first = dues.first, first.time <= uptime {
      dues.remove(first.slot)
      // One that is in hand is planned anew at its end.
      if let rotator, wait(first.slot, rotator) != nil { begin(first.slot, rotator) }
    }
    arm()
  }

  private func begin(_ index: Int, _ rotator: Rotator) {
    let slot = rotator.slots[index]
    let known = [slot.record.fingerprint, accepted[slot.record.row]]
    // Of a secret that somebody else has put there, the answer would tell nothing about the roll.
    guard let secret = services.publisher.current(slot.entry), known.contains(secret.fingerprint) else {
      return
    }
    let isLast = slot.record.doubtUntil.map { $0 <= services.clock.now } ?? true
    let vigil = Vigil(index, rotator)
    asking[index] = vigil
    RotationActor.task {
      let answer = await self.services.verify(secret, of: slot.entry, urgency: .cure) { [weak self] in
        vigil.isUndisturbed(self?.rotator)
      }
      self.finish(vigil, answer, of: slot.record.tokenID, isLast: isLast)
    }
  }

  private func finish(
    _ vigil: Vigil, _ answer: Result<TokenVerification, APIFailure>?, of token: String, isLast: Bool
  ) {
    guard let rotator, let index = vigil.slot else { return }
    asking[index] = nil
    guard let answer, vigil.isUndisturbed(rotator) else { return plan(index) }
    switch Standing(answer, of: token) {
    case .inForce:
      if isLast { end(index, rotator) }
      plan(index)
    case .refused(let reason):
      tellLoss(reason, rotator.slots[index])
      rotator.cure(index)
    case .otherToken:
      break
    case .unknown, .unavailable:
      dues.set(index, to: services.clock.bootTime + Self.repetition)
      arm()
    }
  }

  /// No request can take effect any more.
  private func end(_ index: Int, _ rotator: Rotator) {
    let row = rotator.slots[index].record.row
    accepted[row] = nil
    rotator.endDoubt(index)
    do throws(StoreError) {
      try services.store.endDoubt(token: row)
    } catch {
      // Asked once more after a restart, which does no harm.
      services.log.record(Event(.stateNotWritten, "The end of a doubt could not be kept: \(error)."))
    }
  }

  private func tellLoss(_ reason: String, _ slot: Rotator.Slot) {
    var event = Event(
      .rollHappenedSecretLost,
      "A roll that had not taken place took effect late: the API refuses the secret that it accepted before (\(reason)). "
        + "Consumers are down; the token is rolled again ahead of everything else.")
    event.entry = slot.entry.name
    event.accountID = slot.entry.accountID
    event.tokenID = slot.record.tokenID
    services.log.record(event)
  }
}
