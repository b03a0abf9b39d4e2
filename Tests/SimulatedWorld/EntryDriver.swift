internal import Core

/// Carries out what a roll machine decides, in a simulated world: the counterpart of the service's `RollRunner`.
///
/// Not final: tests override a step to plant a fault in it.
class EntryDriver {
  unowned let world: World
  let slot: Int
  var machine: RollMachine
  /// What is kept of the token, as the process remembers it.
  var record: Disk.Record
  var open: Disk.Open?
  /// The roll whose escrow is in hand.
  var escrow: RollID?
  var oldSecret: Int?
  var newSecret: Int?
  var isEscrowTried = false
  var isCriticalReported = false
  /// When the last attempt was begun.
  var begunAt: TimeSpan
  /// The number of the wake that is waited for; others are stale.
  var serial = 0

  private var permit: (at: TimeSpan, unspent: Int)?
  private var rolledAt: Timestamp?
  private var rest: ArraySlice<RollEffect> = []
  private var next: RollEvent?
  private var wait: TimeSpan?
  private var waiting: Waiting?

  /// What waits for its turn among the requests.
  private enum Waiting {
    case prepare
    case ask(Question)
  }

  /// What came of an effect.
  enum Result {
    case answered(RollEvent)
    case nothing
    /// The answer comes later; the driver is called again.
    case later
  }

  init(world: World, slot: Int, record: Disk.Record) {
    self.world = world
    self.slot = slot
    self.record = record
    begunAt = world.now
    machine = RollMachine(
      settleTime: world.profile.settleTime, doubtUntil: record.doubtUntil, failures: record.failures)
  }

  /// What follows from `event`.
  func decide(_ event: RollEvent) -> [RollEffect] { machine.handle(event, at: world.moment()) }

  func run(_ event: RollEvent) throws(Crash) {
    next = event
    if case .due = event { begunAt = world.now }
    try proceed()
  }

  func recover(_ roll: Disk.Open, escrow: RollID?) throws(Crash) {
    open = roll
    self.escrow = escrow
    try run(.recovered(roll.roll))
  }

  /// The turn has come, or the time that the machine wanted to wait is over.
  func wake() throws(Crash) {
    if let waiting {
      self.waiting = nil
      let result =
        switch waiting {
        case .prepare: try prepare()
        case .ask(let question): ask(question)
        }
      if case .answered(let event) = result { try run(event) }
      return
    }
    switch machine.phase {
    case .backingOff, .failed: try run(.due(world.newRollID(), machine.cause))
    default: try run(.wake)
    }
  }

  private func proceed() throws(Crash) {
    var steps = 0
    var isPostponed = false
    while true {
      while let effect = rest.popFirst() {
        steps += 1
        guard steps < 1_000 else { return world.fail("entry \(slot) goes on without end") }
        if case .wake(let span) = effect {
          world.judgeWait(span, isPostponed: isPostponed, self)
          wait = max(span, .zero)
          continue
        }
        let result = try perform(effect)
        guard world.violation == nil else { return }
        switch result {
        case .answered(let event): next = event
        case .nothing: break
        case .later: return
        }
      }
      guard let event = next else { break }
      next = nil
      wait = nil
      if case .postponed = event { isPostponed = true }
      let effects = decide(event)
      world.trace(
        "entry \(slot) \(event) -> \(machine.phase): \(effects.map(Self.brief).joined(separator: ", "))")
      rest = effects[...]
    }
    releasePermit()
    if machine.phase == .waiting { forget() }
    world.rest(self, wait)
  }

  func perform(_ effect: RollEffect) throws(Crash) -> Result {
    switch effect {
    case .prepare: return try prepare()
    case .inspect(let old): return request(.inspect(old: old == .unproven ? oldSecret : nil))
    case .recordIntent(let intent): return .answered(try recordIntent(intent))
    case .send: return try send()
    case .withdraw(let outcome, _, let owesCure): try withdraw(outcome, owesCure)
    case .escrow: return .answered(try keep())
    case .publish: return .answered(try publish())
    case .verify: return newSecret.map { ask(.verify(secret: $0)) } ?? .answered(.standing(.unavailable))
    case .askOld: return askOld()
    case .askModified: return open?.roll.modifiedOn == nil ? .answered(.modified(nil)) : ask(.modified)
    case .settle(let outcome, _): return .answered(try settle(outcome))
    case .rollAgain:
      releasePermit()
      begunAt = world.now
      return .answered(.due(world.newRollID(), .cure))
    case .report(let event): report(event)
    case .wake: break
    }
    return .nothing
  }

  /// `effect` for a trace, without the sentences for the operator.
  private static func brief(_ effect: RollEffect) -> String {
    if case .report(let event) = effect { return "report \(event.kind)" }
    return "\(effect)"
  }

  // MARK: - Requests

  private func acquire(_ cost: Int, or waiting: Waiting) -> Bool {
    if let time = world.budget.wait(for: cost, at: world.now) {
      self.waiting = waiting
      world.wake(self, at: time)
      return false
    }
    world.budget.spend(cost, at: world.now)
    permit = (world.now, cost)
    return true
  }

  private func releasePermit() {
    if let permit { world.budget.refund(permit.unspent, spentAt: permit.at) }
    permit = nil
  }

  private func ask(_ question: Question) -> Result {
    releasePermit()
    guard acquire(1, or: .ask(question)) else { return .later }
    return request(question)
  }

  private func request(_ question: Question) -> Result {
    var count = 1
    if case .inspect(let old) = question, old != nil { count = 2 }
    if let held = permit {
      let sent = min(count, held.unspent)
      permit?.unspent -= sent
      // Counted when it is sent, not when the place in the queue was had.
      world.budget.refund(sent, spentAt: held.at)
      world.budget.spend(sent, at: world.now)
    }
    world.send(question, count: count, of: self)
    return .later
  }

  /// The API answered, or was given up.
  func answered(_ question: Question, _ event: RollEvent) throws(Crash) {
    switch (question, event) {
    case (.roll(let put), .rolled):
      newSecret = world.server.puts[put].secret
      rolledAt = world.wall
    case (.inspect, .inspected(_, old: .otherToken)), (.inspect, .notInspected), (.roll, _), (.verify, _),
      (.modified, _):
      releasePermit()
    default: break
    }
    try run(event)
  }

  // MARK: - Steps

  func prepare() throws(Crash) -> Result {
    oldSecret = world.readable(slot)
    let isOurs = oldSecret != nil && oldSecret == record.fingerprint
    if permit == nil {
      guard acquire(machine.cause == .cure || isOurs ? 1 : 3, or: .prepare) else { return .later }
    }
    try world.step()
    // A window of `not_during` may have begun.
    if machine.cause != .cure, world.fault(world.profile.quiet) {
      releasePermit()
      return .answered(.postponed(for: world.dice.span(.zero, .hours(6))))
    }
    if world.fault(world.profile.notReady) {
      releasePermit()
      return .answered(.notReady("not ready", errno: nil))
    }
    return .answered(.prepared(old: isOurs ? .ours : oldSecret == nil ? .absent : .unproven))
  }

  func recordIntent(_ wanted: Intent) throws(Crash) -> RollEvent {
    guard let id = machine.rollID else { return .intentNotRecorded("no identity") }
    let old = wanted.oldIsInForce ? oldSecret : nil
    let roll = Disk.Open(
      roll: UnsettledRoll(
        id: id, cause: machine.cause, startedAt: world.wall,
        oldFingerprint: old == nil ? nil : World.someFingerprint, modifiedOn: wanted.modifiedOn,
        needsConfirmation: wanted.needsConfirmation), old: old)
    let isWritten = try world.write { disk in
      disk.close(self.slot, .lost)
      disk.open[self.slot] = roll
    }
    guard isWritten else {
      releasePermit()
      return .intentNotRecorded("disk")
    }
    open = roll
    try eraseEscrow()
    return .intentRecorded
  }

  func send() throws(Crash) -> Result {
    try world.step()
    guard let id = machine.rollID else { return .nothing }
    world.judgeSending(id, self)
    isEscrowTried = false
    return request(.roll(put: world.newPut(id, slot)))
  }

  func withdraw(_ outcome: RollOutcome, _ owesCure: Bool) throws(Crash) {
    record.failures = machine.failures
    record.doubtUntil = machine.doubtUntil
    open?.roll.stage = owesCure ? .lost : .intended
    let record = record
    let isWritten = try world.write { disk in
      disk.close(self.slot, outcome)
      if owesCure { disk.open[self.slot]?.roll.stage = .lost } else { disk.open[self.slot] = nil }
      disk.records[self.slot].failures = record.failures
      disk.records[self.slot].doubtUntil = record.doubtUntil
    }
    if isWritten { world.judgeClosing(open?.roll.id, outcome, slot) }
  }

  func keep() throws(Crash) -> RollEvent {
    guard let newSecret, let open else { return .notEscrowed("no secret") }
    isEscrowTried = true
    let isWritten = try world.write { disk in
      if disk.escrowed(open.roll.id) == nil {
        disk.escrow.append(Disk.Escrow(roll: open.roll.id, slot: self.slot, secret: newSecret))
      }
    }
    guard isWritten else {
      world.leftToRestart.insert(open.roll.id)
      return .notEscrowed("disk")
    }
    escrow = open.roll.id
    self.open?.roll.isEscrowed = true
    return .escrowed
  }

  func publish() throws(Crash) -> RollEvent {
    if newSecret == nil, let escrow, !world.fault(world.profile.writeFails) {
      newSecret = world.disk.escrowed(escrow)
    }
    guard let newSecret else { return .notPublished("no secret in escrow", errno: nil) }
    var isWhole = true
    for index in world.disk.destinations[slot].indices where world.disk.destinations[slot][index] != newSecret
    {
      world.judgePublishing(newSecret, self)
      let isWritten = try world.write { $0.destinations[self.slot][index] = newSecret }
      isWhole = isWhole && isWritten
    }
    guard isWhole else { return .notPublished("disk", errno: nil) }
    releasePermit()
    return .published(narrowed: [])
  }

  func settle(_ outcome: RollOutcome) throws(Crash) -> RollEvent {
    var settled = record
    settled.lastSuccess = rolledAt ?? open?.roll.startedAt ?? world.wall
    settled.fingerprint = outcome == .settled ? newSecret : nil
    settled.failures = outcome == .settled || outcome == .unverified ? 0 : machine.failures + 1
    settled.doubtUntil = machine.doubtUntil
    if outcome == .refusedSecret, !isCriticalReported {
      world.fail("entry \(slot): a refused secret was settled without a critical event")
    }
    let isWritten = try world.write { disk in
      disk.close(self.slot, outcome)
      disk.open[self.slot] = nil
      disk.records[self.slot] = settled
    }
    guard isWritten else { return .notSettled("disk") }
    world.totals.settled += 1
    record = settled
    try eraseEscrow()
    open = nil
    return .settled
  }

  func eraseEscrow() throws(Crash) {
    guard let roll = escrow else { return }
    escrow = nil
    world.judgeErasing(roll, slot)
    let isErased = try world.write { disk in disk.escrow.removeAll { $0.roll == roll } }
    if !isErased { world.leftToRestart.insert(roll) }
  }

  private func askOld() -> Result {
    if oldSecret == nil, let wanted = open?.old, world.readable(slot) == wanted { oldSecret = wanted }
    return oldSecret.map { ask(.verify(secret: $0)) } ?? .answered(.standing(.unavailable))
  }

  private func report(_ event: Event) {
    if event.kind.priority == .critical { isCriticalReported = true }
  }

  private func forget() {
    releasePermit()
    oldSecret = nil
    newSecret = nil
    rolledAt = nil
    isCriticalReported = false
  }
}
