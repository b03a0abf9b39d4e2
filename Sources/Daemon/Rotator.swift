internal import Configuration
internal import Core
internal import Platform
internal import Store

/// The loop: knows when each entry is due, begins its rolls, and brings back those that wait.
///
/// One wall-clock timer for the earliest due entry, one timer on the time since boot for the earliest wait; an idle
/// service has no other.
@RotationActor final class Rotator {
  struct Slot {
    var entry: Entry
    var records: TokenRecords
    /// False once the entry has left the configuration, while its last roll is brought to its end.
    var isConfigured = true
    /// What was wrong with the last roll, where it came to an end and not to a good one.
    var trouble: String?

    /// What is kept of the token whose secret consumers hold.
    var record: TokenRecord { records.inUse }
  }

  let services: RollServices
  /// What replacements leave behind.
  let deletions: DeletionQueue
  var slots: [Slot] = []
  /// The slots by their tokens, for what comes to its end is not to be looked for in all of them.
  private(set) var slotsByRow = SlotsByRow()
  /// One lane for each credential, so that one whose budget is spent does not hold up the others.
  private var lanes: [String: Lane] = [:]
  private(set) var runners: [Int: RollRunner] = [:]
  /// The slots whose runner is at work now, as opposed to waiting.
  private(set) var active: Set<Int> = []
  private(set) var waits = DueQueue<TimeSpan>()
  /// The slots that an operator wants rolled and whose roll has not begun.
  private(set) var requested: Set<Int> = []
  /// The slots that the schedule may still begin, in one run without a service; nil where it may begin all, ever again.
  var mayBegin: Set<Int>?
  /// The slots that are to be rolled because of drift and whose roll has not begun.
  var drifted: Set<Int> = []
  let watch: TokenWatch
  let doubts: DoubtWatch
  /// By entry, with "" for all.
  var pauses: [String: Pause] = [:]
  /// The slots whose last attempts came to nothing.
  private var failing: Set<Int> = []
  private var dueTimer: WakeTimer?
  private var waitTimer: BootTimer?
  private var clockTimer: BootTimer?
  private let awakeSince: TimeSpan
  /// The latest attempt that was recorded for any token.
  var lastRecorded: Timestamp?
  private(set) var clockDoubt: String?
  private(set) var isStopping = false
  private var safety: CheckedContinuation<Void, Never>?
  /// Called whenever the numbers for the status line may have changed.
  var onChange: @RotationActor () -> Void = {}
  /// Called for each step of a roll.
  var onProgress: @RotationActor (RollProgress) -> Void = { _ in }

  init(services: RollServices) throws(SystemError) {
    self.services = services
    deletions = DeletionQueue(services: services)
    awakeSince = services.clock.bootTime
    watch = try TokenWatch(services: services)
    doubts = try DoubtWatch(services: services)
    dueTimer = WakeTimer { [weak self] in self?.tick() }
    waitTimer = try BootTimer { [weak self] in self?.resumeWaiting() }
    clockTimer = try BootTimer { [weak self] in self?.tick() }
    services.publisher.disk.isAlone = { [weak self] in (self?.active.count ?? 0) < 2 }
    connectActions()
    watch.rotator = self
    doubts.rotator = self
    prepareDeletions()
    services.readiness.onAccepted = { [weak self] in self?.takeUpMended() }
  }
}

/// The entries that share a credential, by when they are due.
private struct Lane {
  var dues = DueQueue<Timestamp>()
  /// Rolls of the schedule under way.
  var active = 0
}

// MARK: - Start and reload

extension Rotator {
  /// Takes the entries of the configuration up, and what a stop or a crash left unfinished; nothing is sent yet.
  ///
  /// Throws `StoreError` or `SystemError` where the state cannot be read.
  func load() throws -> Unfinished {
    for pause in try services.store.pauses() { pauses[pause.entry ?? ""] = pause }
    try services.reloads.load()
    try services.programs.load()
    try services.alerts.load()
    try watch.load()
    try deletions.load()
    try arrange()
    return try findUnfinished()
  }

  /// Begins to work: unfinished rolls first, then what is due.
  func start(_ unfinished: Unfinished) {
    for pause in pausesInForce { report(pause) }
    for index in slots.indices where slots[index].isConfigured && slots[index].records.isHeld {
      report(heldBack: slots[index])
    }
    for item in unfinished.rolls {
      let runner = runner(for: item.slot, since: item.roll.startedAt)
      runner.reclaimTurn()
      work(on: item.slot, with: runner) {
        await runner.recover(item.roll, of: item.row, escrowPath: item.escrowPath)
      }
    }
    services.reloads.start()
    services.programs.start()
    deletions.start()
    planAll()
    tick()
  }

  /// Takes a changed configuration over: entries keep their state and what they have in hand.
  func reload() throws {
    try arrange()
    for runner in runners.values { runner.reviewHold() }
    planAll()
    tick()
    deletions.lookAnew()
  }

  /// Puts the slots in place of those before; `moved` says where each of them went.
  func take(_ rearranged: [Slot], moved: [Int?]) {
    var kept: [Int: RollRunner] = [:]
    var keptWaits = DueQueue<TimeSpan>()
    var keptActive: Set<Int> = []
    for (old, runner) in runners {
      guard let new = moved[old] else { continue }
      runner.isChanged = runner.isChanged || runner.entry != rearranged[new].entry
      runner.entry = rearranged[new].entry
      runner.take(rearranged[new].records)
      runner.slot = new
      kept[new] = runner
      if let wait = waits[old] { keptWaits.set(new, to: wait) }
      if active.contains(old) { keptActive.insert(new) }
    }
    for slot in requested where moved[slot] == nil { drop(slots[slot].entry.name) }
    requested = Set(requested.compactMap { moved[$0] })
    drifted = Set(drifted.compactMap { moved[$0] })
    watch.take(moved: moved)
    doubts.take(moved: moved)
    slots = rearranged
    slotsByRow = SlotsByRow(slots)
    runners = kept
    waits = keptWaits
    active = keptActive
    failing = []
    for index in slots.indices where slots[index].records.failures > 0 { failing.insert(index) }
    for (index, runner) in runners { note(index, failures: runner.machine.failures) }
    lanes = [:]
    for (slot, runner) in runners where active.contains(slot) && runner.isCounted {
      runner.lane = slots[slot].entry.credential
      lanes[runner.lane, default: Lane()].active += 1
    }
    armWaits()
  }
}

// MARK: - The plan

extension Rotator {
  /// Makes the plan anew, as after a reload or a step of the clock.
  func planAll() {
    for credential in lanes.keys { lanes[credential]?.dues = DueQueue() }
    var changed: [(row: Int64, due: Timestamp?)] = []
    for index in slots.indices {
      let due = plan(index)
      guard runners[index] == nil, due != slots[index].records.inUse.nextDue else { continue }
      slots[index].records.inUse.nextDue = due
      changed.append((slots[index].record.row, due))
    }
    guard !changed.isEmpty else { return }
    do throws(StoreError) {
      try services.store.plan(changed)
    } catch {
      services.log.record(Event(.stateNotWritten, "The plan could not be kept: \(error)."))
    }
  }

  @discardableResult func plan(_ index: Int) -> Timestamp? {
    let slot = slots[index]
    let lane = slot.entry.credential
    watch.plan(index)
    doubts.plan(index)
    guard slot.isConfigured, slot.entry.enabled, runners[index] == nil, !isStopping else {
      if runners[index] == nil, requested.remove(index) != nil { drop(slot.entry.name) }
      drifted.remove(index)
      lanes[lane]?.dues.remove(index)
      return nil
    }
    let due = scheduled(slot)
    if isHeldUp(slot) {
      lanes[lane]?.dues.remove(index)
    } else if requested.contains(index) {
      // Ahead of all that is due by itself, whatever the clock does.
      lanes[lane, default: Lane()].dues.set(index, to: Timestamp(microseconds: .min))
    } else if let due = dueByItself(index, due) {
      lanes[lane, default: Lane()].dues.set(index, to: due)
    } else {
      lanes[lane]?.dues.remove(index)
    }
    return due
  }

  /// When the entry is due by its schedule, once no pause is in the way.
  func scheduled(_ slot: Slot) -> Timestamp? {
    guard !slot.records.isHeld else { return nil }
    let now = services.clock.now
    let due = services.planner.due(slot.entry, slot.records, at: now)
    guard let due, let pause = pause(of: slot.entry.name, at: now) else { return due }
    return pause.until.map { max(due, $0) }
  }

  /// When the schedule wants the secret in force replaced; no failure, pause or restart puts that off. Nil where it never
  /// does.
  func replacementDue(_ index: Int) -> Timestamp? {
    let slot = slots[index]
    guard slot.isConfigured, slot.entry.enabled else { return nil }
    let records = runners[index]?.records ?? slot.records
    return services.planner.following(
      slot.entry, records, after: records.inUse.lastSuccess ?? records.firstSeen)
  }

  /// When the slot is due, as it was planned; nil where it is not, or is under way.
  func planned(_ index: Int) -> Timestamp? { lanes[slots[index].entry.credential]?.dues[index] }

  private func drop(_ name: String) {
    onProgress(RollProgress(entry: name, phase: .waiting, result: .dropped))
  }

  /// Begins what is due, as far as the lanes have room, and arms the timer for the next.
  func tick() {
    guard !isStopping else { return }
    guard isClockTrusted else {
      onChange()
      return
    }
    let now = services.clock.now
    var earliest: Timestamp?
    for credential in lanes.keys {
      while let first = next(credential) {
        guard first.time <= now else {
          earliest = min(earliest ?? first.time, first.time)
          break
        }
        lanes[credential]?.dues.remove(first.slot)
        let isDrifted = drifted.remove(first.slot) != nil
        if requested.remove(first.slot) != nil {
          begin(first.slot, .request, since: now)
        } else {
          begin(first.slot, isDrifted ? .drift : .schedule, since: first.time)
        }
      }
    }
    if let earliest { dueTimer?.schedule(at: earliest) } else { dueTimer?.cancel() }
    watch.tick()
    onChange()
  }

  /// The slot that is due first, where its lane has room.
  ///
  /// A function of its own: a lane that is held on to while it changes is copied, with all of its dues.
  private func next(_ credential: String) -> (slot: Int, time: Timestamp)? {
    guard let lane = lanes[credential], lane.active < laneLimit else { return nil }
    return lane.dues.first
  }

  /// Rolls of one credential that are under way at once: enough to keep every request in flight busy.
  private var laneLimit: Int { services.configuration.api.maxInFlight * 2 }

  private func begin(_ index: Int, _ cause: RollCause, since: Timestamp) {
    let runner = runner(for: index, since: since)
    mayBegin?.remove(index)
    runner.lane = slots[index].entry.credential
    runner.isCounted = true
    lanes[runner.lane, default: Lane()].active += 1
    work(on: index, with: runner) { await runner.run(.due(.random(), cause)) }
  }
}

// MARK: - The clock

extension Rotator {
  /// The plan of a clock that was set.
  func clockWasSet() {
    services.planner.clockWasSet(at: services.clock.now)
    planAll()
    tick()
    deletions.clockWasSet()
  }

  /// Whether to go by the wall clock; where not, it is looked at again in a minute and whenever it is set.
  var isClockTrusted: Bool {
    let trust = ClockTrust(waitsForMark: services.configuration.waitForClock)
    let verdict = trust.verdict(
      now: services.clock.now, lastRecorded: lastRecorded, isMarked: ClockState.isMarked,
      isSynchronised: ClockState.isSynchronised, awake: services.clock.bootTime - awakeSince)
    guard case .doubted(let reason) = verdict else {
      clockDoubt = nil
      return true
    }
    if clockDoubt == nil {
      services.log.record(Event(.clockImplausible, "Nothing is rolled: \(reason)."))
    }
    clockDoubt = reason
    dueTimer?.cancel()
    services.health.arm(clockTimer, for: services.clock.bootTime + .minutes(1))
    return false
  }
}

// MARK: - Runners

extension Rotator {
  private func runner(for index: Int, since: Timestamp) -> RollRunner {
    let slot = slots[index]
    let runner = RollRunner(
      entry: slot.entry, records: slot.records, since: since, slot: index, services: services)
    // The end of a roll is told with its result.
    runner.onPhase = { [weak self] runner in
      if runner.machine.phase != .waiting { self?.onProgress(RollProgress(runner)) }
    }
    runner.onFacts = { [weak self] runner, status, end in
      self?.watch.note(status: status, expiresOn: end, runner.slot)
    }
    runner.onStanding = { [weak self] runner, secret in self?.doubts.note(secret, runner.record.row) }
    runner.onSurplus = { [weak self] in self?.deletions.refresh() }
    runners[index] = runner
    return runner
  }

  private func work(
    on index: Int, with runner: RollRunner, _ body: @escaping @RotationActor () async -> TimeSpan?
  ) {
    active.insert(index)
    waits.remove(index)
    RotationActor.task {
      let wait = await body()
      self.rest(runner, wait)
    }
  }

  /// A runner has done what it can for now. A reload may have given it another slot meanwhile.
  private func rest(_ runner: RollRunner, _ wait: TimeSpan?) {
    let index = runner.slot
    active.remove(index)
    if runner.isCounted {
      runner.isCounted = false
      lanes[runner.lane]?.active -= 1
    }
    // A secret that was withheld mends nothing.
    let isRolled = slots[index].record.lastSuccess != runner.records.inUse.lastSuccess
    slots[index].records = runner.records
    slots[index].trouble = runner.machine.trouble
    note(index, failures: runner.machine.failures)
    if isRolled { watch.rolled(index) }
    if let wait {
      waits.set(index, to: services.clock.bootTime + wait)
      armWaits()
      watch.plan(index)
      doubts.plan(index)
    } else {
      runners[index] = nil
      if slots[index].isConfigured { plan(index) } else { handOver(runner.record) }
    }
    judge(index, roll: runner.machine.rollID)
    onProgress(RollProgress(resting: runner, nextAttempt: wait.map { services.clock.now + $0 }))
    resumeSafety()
    tick()
  }

  private func note(_ index: Int, failures: Int) {
    if failures > 0 { failing.insert(index) } else { failing.remove(index) }
  }

  /// Makes the next attempt at once of what failed for a reason that may be mended by now, as after a reload.
  func takeUpMended() {
    let now = services.clock.bootTime
    for (index, runner) in runners where waits[index] != nil && !isStopping {
      guard [.backingOff, .failed, .escrowed].contains(runner.machine.phase), runner.machine.trouble != nil,
        services.readiness.obstacle(of: runner.entry) == nil, runner.isUnready || runner.isChanged
      else { continue }
      runner.forgetTrouble()
      slots[index].trouble = nil
      waits.set(index, to: now)
    }
    resumeWaiting()
  }

  private func armWaits() {
    services.health.arm(waitTimer, for: isStopping ? nil : waits.first?.time)
  }

  private func resumeWaiting() {
    let now = services.clock.bootTime
    while let first = waits.first, first.time <= now {
      waits.remove(first.slot)
      guard let runner = runners[first.slot] else { continue }
      resume(runner)
    }
    armWaits()
  }

  private func resume(_ runner: RollRunner) {
    switch runner.machine.phase {
    case .backingOff, .failed:
      guard isWanted(runner) else {
        runners[runner.slot] = nil
        plan(runner.slot)
        return
      }
      if isHeldUp(slots[runner.slot]) {
        waits.set(runner.slot, to: services.clock.bootTime + .minutes(1))
        return
      }
      let cause = runner.machine.cause
      let now = services.clock.now
      if cause.heedsWindows, let end = services.planner.quietUntil(runner.entry, at: now) {
        waits.set(runner.slot, to: services.clock.bootTime + (end - now))
        return
      }
      work(on: runner.slot, with: runner) { await runner.run(.due(.random(), cause)) }
    default:
      work(on: runner.slot, with: runner) { await runner.run(.wake) }
    }
  }

  /// Has a runner that waits go on at once, as an operator wishes; false where there is none, or what it waits for is time.
  func hasten(_ index: Int) -> Bool {
    guard !isStopping, waits[index] != nil, let runner = runners[index], runner.machine.phase != .confirming
    else {
      return false
    }
    switch runner.machine.phase {
    case .backingOff, .failed:
      guard !isHeldUp(slots[index]) else { return false }
      let cause = runner.machine.cause == .cure ? RollCause.cure : .request
      work(on: index, with: runner) { await runner.run(.due(.random(), cause)) }
    default:
      work(on: index, with: runner) { await runner.run(.wake) }
    }
    armWaits()
    return true
  }

  /// Begins a curing roll at once, of an entry that has nothing in hand: its secret turned out to be lost.
  func cure(_ index: Int) {
    guard let runner = runners[index] else {
      let lane = slots[index].entry.credential
      // The cure takes the place of whatever was to begin.
      lanes[lane]?.dues.remove(index)
      requested.remove(index)
      drifted.remove(index)
      return begin(index, .cure, since: services.clock.now)
    }
    work(on: index, with: runner) { await runner.run(.due(.random(), .cure)) }
    armWaits()
  }

  /// No earlier request of the entry can take effect any more.
  func endDoubt(_ index: Int) {
    slots[index].records.inUse.doubtUntil = nil
    runners[index]?.endDoubt()
  }

  /// Has the entry rolled as soon as its credential has room; it is neither frozen nor in hand.
  func request(_ index: Int) {
    requested.insert(index)
    plan(index)
  }

  /// Ends the hold of an entry, as an operator wishes; what cannot be made durable is said, and the hold stays.
  func release(_ index: Int) -> Bool {
    guard slots[index].records.isHeld, endHold(of: slots[index]) else { return false }
    slots[index].records.release()
    plan(index)
    return true
  }

  /// Takes over a secret that the API accepts as the token's, and that a destination holds.
  func adopt(_ fingerprint: Fingerprint, _ index: Int) {
    slots[index].records.inUse.fingerprint = fingerprint
    runners[index]?.adopt(fingerprint)
  }

  /// Whether another attempt is still asked for: an entry that is frozen, paused or gone owes nothing but a cure.
  private func isWanted(_ runner: RollRunner) -> Bool {
    guard runner.machine.cause != .cure else { return true }
    return slots[runner.slot].isConfigured && runner.entry.enabled
      && pause(of: runner.entry.name, at: services.clock.now) == nil
  }
}

// MARK: - Stopping

extension Rotator {
  /// Begins nothing more; returns when every secret that was asked for is durable.
  func stop() async {
    isStopping = true
    dueTimer?.cancel()
    services.gate.close()
    services.turns.close()
    services.reloads.stop()
    services.programs.stop()
    watch.stop()
    deletions.stop()
    if !isSafe {
      armRescue()
      await withCheckedContinuation { safety = $0 }
    }
    for runner in runners.values { runner.abandon() }
  }

  /// While stopping, only what holds the one copy of a secret is still brought back.
  private func armRescue() {
    services.health.arm(waitTimer, for: waits.first?.time)
  }

  private var isSafe: Bool { !runners.values.contains { $0.mustNotBeInterrupted } }

  private func resumeSafety() {
    guard isStopping else { return }
    guard isSafe else {
      armRescue()
      return
    }
    safety?.resume()
    safety = nil
  }
}

// MARK: - What the operator sees

extension Rotator {
  /// The numbers of the status line.
  var summary: StatusSummary {
    let next = lanes.values.compactMap { $0.dues.first }.min { $0.time < $1.time }
    return StatusSummary(
      entries: services.configuration.tokens.count, failing: failing.count,
      unreloaded: services.reloads.failing, failedPrograms: services.programs.failing,
      rolling: active.count, pause: pauseInWords, next: next.map { (slots[$0.slot].entry.name, $0.time) })
  }
}
