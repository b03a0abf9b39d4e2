internal import Configuration
internal import Core
internal import Platform
internal import Store

/// Looks at what entries have published, each as often as `verify.every` says, and tells what is not as it should be.
///
/// One timer for all of them, which is armed where one wants it. It keeps no roll from beginning: a look that a roll comes
/// across counts for nothing, and is made up for when the roll is at its end.
@RotationActor final class TokenWatch {
  /// Looks under way at once; rolls go first anyhow.
  private static let mostAtOnce = 4
  /// How soon a look is repeated at the latest that the API did not answer.
  private static let longestRepetition = TimeSpan.minutes(15)

  private let services: RollServices
  weak var rotator: Rotator?
  private var dues = DueQueue<Timestamp>()
  private var looking: [Int: Vigil] = [:]
  /// By when a look is repeated that the API did not answer, on the clock that nobody sets.
  private var repeats = DueQueue<TimeSpan>()
  /// By row; of a pair by that of the older token.
  private var marks: [Int64: WatchMark] = [:]
  private(set) var logs: [Int64: DriftLog] = [:]
  private var driftRolls: [Int64: Timestamp] = [:]
  private var timer: WakeTimer?
  private var repeatTimer: BootTimer?

  init(services: RollServices) throws(SystemError) {
    self.services = services
    timer = WakeTimer { [weak self] in self?.tick() }
    repeatTimer = try BootTimer { [weak self] in self?.tick() }
  }

  /// Takes up what was kept over a restart.
  func load() throws(StoreError) {
    marks = try services.store.looks()
    logs = try services.store.drifts()
    driftRolls = try services.store.driftRolls()
  }

  /// What is wrong with the token of that row, as sentences without their full stops.
  func drift(_ row: Int64) -> [String] { logs[row]?.details ?? [] }

  /// When the API accepted the published secret of the token last.
  func verifiedAt(_ records: TokenRecords) -> Timestamp? {
    let byRoll = records.inUse.fingerprint == nil ? nil : records.inUse.lastSuccess
    return [byRoll, marks[records.home]?.verifiedAt].compactMap(\.self).max()
  }
}

// MARK: - When

extension TokenWatch {
  /// The slots have been arranged anew: `moved` says where each went. The plan follows.
  func take(moved: [Int?]) {
    var kept: [Int: Vigil] = [:]
    var keptRepeats = DueQueue<TimeSpan>()
    for (old, place) in moved.enumerated() {
      if let place, let time = repeats[old] { keptRepeats.set(place, to: time) }
    }
    for (old, vigil) in looking {
      vigil.slot = moved[old]
      if let new = moved[old] { kept[new] = vigil }
    }
    dues = DueQueue()
    looking = kept
    repeats = keptRepeats
  }

  /// Plans the next look at the entry in a slot: none while a roll is in hand.
  func plan(_ index: Int) {
    guard let rotator, let due = due(index, rotator) else {
      dues.remove(index)
      return
    }
    dues.set(index, to: due)
  }

  private func due(_ index: Int, _ rotator: Rotator) -> Timestamp? {
    // Most entries are not looked at, and a slot is large.
    guard let every = rotator.slots[index].entry.verify.every else { return nil }
    let slot = rotator.slots[index]
    // What is there before the first roll is not judged.
    guard slot.isConfigured, slot.entry.enabled, let rolled = slot.record.lastSuccess, !rotator.isStopping,
      !rotator.isInHand(index), looking[index] == nil, repeats[index] == nil
    else { return nil }
    let last = max(rolled, marks[slot.records.home]?.lookedAt ?? rolled)
    return services.planner.lookDue(
      slot.entry, slot.records, every: every, last: last, at: services.clock.now)
  }

  /// Begins the looks that are due, and arms the timers for the next.
  func tick() {
    guard let rotator, !rotator.isStopping, rotator.clockDoubt == nil,
      // One run without a service rolls what is due, and nothing else.
      rotator.mayBegin == nil
    else { return }
    let (now, uptime) = (services.clock.now, services.clock.bootTime)
    while looking.count < Self.mostAtOnce {
      if let first = repeats.first, first.time <= uptime {
        repeats.remove(first.slot)
        if rotator.isInHand(first.slot) { plan(first.slot) } else { begin(first.slot, rotator) }
      } else if let first = dues.first, first.time <= now {
        dues.remove(first.slot)
        // One that is in hand is planned anew at its end.
        if !rotator.isInHand(first.slot) { begin(first.slot, rotator) }
      } else {
        break
      }
    }
    let isFull = looking.count >= Self.mostAtOnce
    if let first = dues.first, !isFull { timer?.schedule(at: first.time) } else { timer?.cancel() }
    services.health.arm(repeatTimer, for: isFull ? nil : repeats.first?.time)
  }

  /// Begins nothing more.
  func stop() {
    timer?.cancel()
    repeatTimer?.cancel()
  }
}

// MARK: - A look

extension TokenWatch {
  private func begin(_ index: Int, _ rotator: Rotator) {
    let slot = rotator.slots[index]
    let vigil = Vigil(index, rotator)
    looking[index] = vigil
    let check = DriftCheck(entry: slot.entry, records: slot.records, services: services) { [weak self] in
      vigil.isUndisturbed(self?.rotator)
    }
    RotationActor.task {
      let found = await check.look()
      self.finish(vigil, found)
    }
  }

  private func finish(_ vigil: Vigil, _ found: DriftCheck.Look?) {
    guard let rotator, let index = vigil.slot else { return tick() }
    looking[index] = nil
    if let found, vigil.isUndisturbed(rotator) { take(found, index, rotator) }
    plan(index)
    rotator.onChange()
    tick()
  }

  private func take(_ found: DriftCheck.Look, _ index: Int, _ rotator: Rotator) {
    let (now, slot) = (services.clock.now, rotator.slots[index])
    let row = slot.records.home
    var log = logs[row] ?? DriftLog()
    let change = log.note(found.seen, judged: found.judges, at: now)
    var mark: WatchMark?
    if found.isUnanswered {
      let span = min(slot.entry.verify.every ?? Self.longestRepetition, Self.longestRepetition)
      // Spread over the second half, so that those who met one silence do not come back together.
      let share = TimeSpan(
        microseconds: Int64(services.moment.random % UInt64(max(span.microseconds / 2, 1))))
      repeats.set(index, to: services.clock.bootTime + span - share)
    } else {
      mark = WatchMark(lookedAt: now, verifiedAt: found.isVerified ? now : marks[row]?.verifiedAt)
    }
    if let fingerprint = found.adopted {
      if slot.record.fingerprint != nil { tellAdoption(slot) }
      rotator.adopt(fingerprint, index)
    }
    let isRolled = rolls(for: log, index, rotator)
    tell(change, log, slot, isRolled: isRolled)
    keep(row, mark: mark, log: log, change: change, fingerprint: found.adopted, slot)
    rotator.judge(index)
    if isRolled, beginRoll(row, slot, at: now) { rotator.rollForDrift(index) }
  }

  private func keep(
    _ row: Int64, mark: WatchMark?, log: DriftLog, change: DriftLog.Change, fingerprint: Fingerprint?,
    _ slot: Rotator.Slot
  ) {
    if let mark { marks[row] = mark }
    logs[row] = log.stretches.isEmpty ? nil : log
    do throws(StoreError) {
      try services.store.keepLook(
        token: row, mark: mark, log: log, change: change, fingerprint: fingerprint, holder: slot.record.row)
    } catch {
      report(.stateNotWritten, "What a look at the entry found could not be kept: \(error).", slot)
    }
  }
}

// MARK: - What follows

extension TokenWatch {
  private func rolls(for log: DriftLog, _ index: Int, _ rotator: Rotator) -> Bool {
    let (now, slot) = (services.clock.now, rotator.slots[index])
    let isPaused = rotator.pause(of: slot.entry.name, at: now) != nil
    let situation = DriftPolicy.Situation(
      reaction: slot.entry.verify.onDrift,
      isHeldBack: isPaused || slot.records.isHeld || rotator.runners[index] != nil,
      periodEnd: driftRolls[slot.records.home].flatMap {
        services.planner.following(slot.entry, slot.records, after: $0)
      }, now: now)
    return DriftPolicy.rolls(for: log.stretches.keys, situation)
  }

  /// Makes durable that the roll of this period is used up; without that none is begun.
  private func beginRoll(_ row: Int64, _ slot: Rotator.Slot, at now: Timestamp) -> Bool {
    do throws(StoreError) {
      try services.store.keepDriftRoll(token: row, at: now)
      driftRolls[row] = now
      return true
    } catch {
      report(.stateNotWritten, "The entry is not rolled because of what was found: \(error).", slot)
      return false
    }
  }

  /// A roll has mended what it can: its secret is in every file.
  func rolled(_ index: Int) {
    guard let rotator, var log = logs[rotator.slots[index].records.home] else { return }
    let slot = rotator.slots[index]
    let change = log.note([:], judged: { !$0.kind.concernsToken }, at: services.clock.now)
    guard !change.isEmpty else { return }
    tell(change, log, slot, isRolled: false)
    keep(slot.records.home, mark: nil, log: log, change: change, fingerprint: nil, slot)
  }

  /// The API said, in the course of a roll, what the token's status is and when it expires.
  func note(status: String, expiresOn: Timestamp?, _ index: Int) {
    guard let rotator else { return }
    let (now, slot) = (services.clock.now, rotator.slots[index])
    let ending = DriftPolicy.ending(
      status: status, expiresOn: expiresOn,
      nextRoll: services.planner.following(slot.entry, slot.records, after: now),
      warning: slot.entry.verify.expiryWarning, now: now)
    var log = logs[slot.records.home] ?? DriftLog()
    var seen: [Drift: String] = [:]
    if let ending { seen[ending.drift] = ending.detail }
    let change = log.note(seen, judged: \.kind.concernsToken, at: now)
    guard !change.isEmpty else { return }
    tell(change, log, slot, isRolled: false)
    keep(slot.records.home, mark: nil, log: log, change: change, fingerprint: nil, slot)
  }
}

// MARK: - Telling

extension TokenWatch {
  private func tell(_ change: DriftLog.Change, _ log: DriftLog, _ slot: Rotator.Slot, isRolled: Bool) {
    for drift in change.begun {
      guard let detail = log.stretches[drift]?.detail else { continue }
      report(
        drift.kind.event, "\(detail.capitalizedAtStart). \(cure(for: drift, slot, isRolled: isRolled))", slot)
    }
    guard !change.over.isEmpty else { return }
    let details = change.over.map(\.detail).joined(separator: "; ")
    report(.driftEnded, "It is over that \(details).", slot)
  }

  private func cure(for drift: Drift, _ slot: Rotator.Slot, isRolled: Bool) -> String {
    if drift.kind.isMendedByRoll, isRolled { return "The entry is rolled because of it." }
    let hint = drift.kind.isMendedByRoll ? "nothing is rolled because of it: " : ""
    return (hint + advice(for: drift, slot)).capitalizedAtStart + "."
  }

  private func advice(for drift: Drift, _ slot: Rotator.Slot) -> String {
    switch drift.kind {
    case .secretRefused, .fileMissing, .fileChanged:
      "`tokenroll roll \(slot.entry.name)` puts a new secret in place"
    case .otherToken: "correct \"token_id\" or \"file\" of the entry: entries or files are crossed"
    case .rightsWrong: "correct the rights by hand, or the entry"
    case .tokenInactive: "give it another end, or enable it, in Cloudflare's dashboard"
    case .tokenExpiring: "give it a later end in Cloudflare's dashboard: a roll does not"
    }
  }

  /// What an operator does about the first thing that is wrong with an entry; nil where nothing is.
  func advice(_ slot: Rotator.Slot) -> String? {
    logs[slot.records.home]?.first.map { advice(for: $0, slot) }
  }

  private func tellAdoption(_ slot: Rotator.Slot) {
    report(
      .secretAdopted,
      "Somebody else has rolled the token and published its secret, which the API accepts: it is taken over.",
      slot)
  }

  private func report(_ kind: EventKind, _ message: String, _ slot: Rotator.Slot) {
    var event = Event(kind, message)
    event.entry = slot.entry.name
    event.accountID = slot.entry.accountID
    event.tokenID = slot.record.tokenID
    services.log.record(event)
  }
}

extension Drift.Kind {
  /// The event that tells of it.
  fileprivate var event: EventKind {
    switch self {
    case .secretRefused: .publishedSecretRefused
    case .otherToken: .tokenMismatch
    case .fileMissing, .fileChanged, .rightsWrong: .fileDrifted
    case .tokenInactive: .tokenInactive
    case .tokenExpiring: .tokenExpiring
    }
  }
}

extension String {
  /// With a capital letter first, but for a path.
  fileprivate var capitalizedAtStart: String {
    guard let first, first != "/" else { return self }
    return first.uppercased() + dropFirst()
  }
}
