internal import Core

/// Carries out what a roll machine decides, in a simulated world: the counterpart of the service's `RollRunner`.
///
/// Not final: tests override a step to plant a fault in it.
class EntryDriver {
  unowned let world: World
  let slot: Int
  var machine: RollMachine
  /// What is kept of the token that is rolled, as the process remembers it.
  var record: Disk.Record
  /// What is kept of the other token of a pair.
  var twin: Disk.Record?
  /// The token that a replacement has created; nil while none is in hand.
  var newToken: Int?
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

  init(world: World, slot: Int, records: Records) {
    self.world = world
    self.slot = slot
    record = records.next
    twin = records.standby == nil ? nil : records.inUse
    begunAt = world.now
    machine = RollMachine(
      settleTime: world.profile.settleTime, doubtUntil: records.doubtUntil, failures: record.failures,
      isPair: twin != nil)
    machine.replaces = world.kinds[slot] == .replacement
  }

  /// The token that the secret in hand belongs to.
  var tokenInHand: Int { newToken ?? record.token }

  /// What follows from `event`.
  func decide(_ event: RollEvent) -> [RollEffect] { machine.handle(event, at: world.moment()) }

  func run(_ event: RollEvent) throws(Crash) {
    next = event
    if case .due = event {
      begunAt = world.now
      newToken = nil
    }
    try proceed()
  }

  func recover(_ roll: Disk.Open, of row: Int, _ escrow: Disk.Escrow?) throws(Crash) {
    if record.row != row { changeOver() }
    open = roll
    self.escrow = escrow?.roll
    if roll.roll.isReplacement { newToken = escrow?.token }
    try run(.recovered(open?.roll ?? roll.roll))
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
    case .inspect(let old):
      if let twin { return request(.inspectPair(old: oldSecret, of: record.token, or: twin.token)) }
      return request(.inspect(old: old == .unproven ? oldSecret : nil, of: record.token))
    case .recordIntent(let intent): return .answered(try recordIntent(intent))
    case .send: return try send()
    case .withdraw(let outcome, _, let owesCure): try withdraw(outcome, owesCure)
    case .escrow: return .answered(try keep())
    case .publish: return .answered(try publish())
    case .verify: return verify()
    case .askOld: return askOld()
    case .askModified:
      return open?.roll.modifiedOn == nil ? .answered(.modified(nil)) : ask(.modified(of: record.token))
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
    let count =
      switch question {
      case .inspect(let old, _): old == nil ? 1 : 2
      case .inspectPair(let old, _, _): old == nil ? 2 : 3
      case .roll, .verify, .modified: 1
      }
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
    var event = event
    if case .inspectPair = question { event = heard(event) }
    switch (question, event) {
    case (.roll(let put), .rolled):
      newSecret = world.server.puts[put].secret
      if world.server.puts[put].creates { newToken = world.server.puts[put].token }
      rolledAt = world.wall
    case (.verify(let secret, _), .standing(.inForce)):
      world.proved.insert(secret)
      releasePermit()
    case (_, .inspected(_, old: .otherToken)), (_, .notInspected), (.roll, _), (.verify, _), (.modified, _):
      releasePermit()
    default: break
    }
    try run(event)
  }

  // MARK: - Steps

  func prepare() throws(Crash) -> Result {
    oldSecret = world.readable(slot)
    chooseStandby()
    let isOurs = oldSecret != nil && oldSecret == record.fingerprint
    let asksNothing = !machine.isReplacement && (machine.cause == .cure || isOurs)
    if permit == nil {
      guard acquire(asksNothing ? 1 : machine.isPair ? 4 : 3, or: .prepare) else { return .later }
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
    var roll = Disk.Open(
      roll: UnsettledRoll(
        id: id, cause: machine.cause, startedAt: world.wall,
        oldFingerprint: old == nil ? nil : World.someFingerprint, modifiedOn: wanted.modifiedOn,
        needsConfirmation: wanted.needsConfirmation), old: old)
    roll.roll.isReplacement = machine.isReplacement
    let isWritten = try world.write { disk in
      disk.close(self.record.row, .lost)
      disk.abandonCreation(of: self.record.row, at: self.world.wall)
      disk.open[self.record.row] = roll
      if roll.roll.isReplacement { self.expectCreation(by: id, &disk) }
    }
    guard isWritten else {
      releasePermit()
      return .intentNotRecorded("disk")
    }
    open = roll
    try eraseEscrow()
    if machine.isReplacement { try world.refreshDeletions() }
    return .intentRecorded
  }

  /// What the request of a replacement may create is on the disk with its intent.
  func expectCreation(by roll: RollID, _ disk: inout Disk) { disk.expectCreation(by: roll, of: record.row) }

  func send() throws(Crash) -> Result {
    try world.step()
    guard let id = machine.rollID else { return .nothing }
    world.judgeSending(id, self)
    isEscrowTried = false
    return request(.roll(put: world.newPut(id, self)))
  }

  func withdraw(_ outcome: RollOutcome, _ owesCure: Bool) throws(Crash) {
    record.failures = machine.failures
    record.doubtUntil = machine.doubtUntil
    open?.roll.stage = owesCure ? .lost : .intended
    if outcome == .lost, let id = machine.rollID { world.takenForLost.insert(id) }
    let (record, row) = (record, record.row)
    let isWritten = try world.write { disk in
      disk.close(row, outcome)
      if outcome == .notRolled {
        disk.dropCreation(of: row)
      } else {
        disk.abandonCreation(of: row, at: self.world.wall)
      }
      if owesCure { disk.open[row]?.roll.stage = .lost } else { disk.open[row] = nil }
      disk.records[row].failures = record.failures
      disk.records[row].doubtUntil = record.doubtUntil
    }
    guard isWritten else { return }
    world.judgeClosing(open?.roll.id, outcome, slot)
    if machine.isReplacement { try world.refreshDeletions() }
    if outcome == .lost { try eraseEscrow() }
  }

  func keep() throws(Crash) -> RollEvent {
    guard let newSecret, let open else { return .notEscrowed("no secret") }
    isEscrowTried = true
    let isWritten = try world.write { disk in
      if disk.escrowed(open.roll.id) == nil {
        disk.escrow.append(
          Disk.Escrow(
            roll: open.roll.id, row: self.record.row, token: self.tokenInHand, secret: newSecret))
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
      newSecret = world.disk.escrowed(escrow)?.secret
    }
    guard let newSecret else { return .notPublished("no secret in escrow", errno: nil) }
    var isWhole = true
    for index in world.disk.destinations[slot].indices where world.disk.destinations[slot][index] != newSecret
    {
      world.judgePublishing(newSecret, self)
      let isWritten = try world.write { disk in
        let former = disk.destinations[self.slot][index]
        disk.destinations[self.slot][index] = newSecret
        self.world.noteEnd(of: former, self.slot, disk)
      }
      isWhole = isWhole && isWritten
    }
    guard isWhole else { return .notPublished("disk", errno: nil) }
    releasePermit()
    return .published(narrowed: [])
  }

  func settle(_ outcome: RollOutcome) throws(Crash) -> RollEvent {
    let isGood = outcome == .settled || outcome == .unverified
    var settled = record
    let rolledAt = rolledAt ?? open?.roll.startedAt ?? world.wall
    settled.lastSuccess = rolledAt
    let twin = twin.map { former($0, rolledAt) }
    settled.fingerprint = outcome == .settled ? newSecret : nil
    settled.failures = isGood ? 0 : machine.failures + 1
    settled.doubtUntil = machine.doubtUntil
    if outcome == .refusedSecret, !isCriticalReported {
      world.fail("entry \(slot): a refused secret was settled without a critical event")
    }
    let surplus = surplus(isGood)
    if let newToken, machine.isReplacement, isGood { settled.token = newToken }
    let isWritten = try world.write { disk in
      disk.close(settled.row, outcome)
      disk.open[settled.row] = nil
      disk.records[settled.row] = settled
      if let twin {
        disk.records[twin.row].fingerprint = twin.fingerprint
        disk.records[twin.row].lastSuccess = twin.lastSuccess
      }
      if let surplus { disk.owe(surplus.token, of: settled.row, due: surplus.due) }
    }
    guard isWritten else { return .notSettled("disk") }
    world.totals.settled += 1
    record = settled
    self.twin = twin
    for record in [record, twin].compactMap(\.self) { world.records[record.row] = record }
    if outcome == .settled {
      world.judgeSettling(newSecret, self)
      world.judgeTurn(self)
    }
    try eraseEscrow()
    newToken = nil
    if surplus != nil { try world.refreshDeletions() }
    open = nil
    return .settled
  }

  /// The other token of a pair, whose turn was before `time`.
  func former(_ twin: Disk.Record, _ time: Timestamp) -> Disk.Record { twin.rolled(before: time) }

  /// Which token a replacement leaves over, and when it is deleted.
  func surplus(_ isGood: Bool) -> (token: Int, due: Timestamp)? {
    guard machine.isReplacement, let newToken else { return nil }
    return isGood ? (record.token, world.wall + world.storm.grace) : (newToken, world.wall)
  }

  func eraseEscrow() throws(Crash) {
    guard let roll = escrow else { return }
    escrow = nil
    world.judgeErasing(roll)
    let isErased = try world.write { disk in disk.escrow.removeAll { $0.roll == roll } }
    if !isErased { world.leftToRestart.insert(roll) }
  }

  private func askOld() -> Result {
    if oldSecret == nil, let wanted = open?.old, world.readable(slot) == wanted { oldSecret = wanted }
    return oldSecret.map { ask(.verify(secret: $0, of: record.token)) } ?? .answered(.standing(.unavailable))
  }

  private func verify() -> Result {
    if machine.phase == .proving, newSecret == nil, let escrow {
      guard !world.fault(world.profile.writeFails) else { return .answered(.standing(.unknown("disk"))) }
      newSecret = world.disk.escrowed(escrow)?.secret
      if newSecret != nil, world.readable(slot) == newSecret { return .answered(.alreadyPublished) }
    }
    return newSecret.map { ask(.verify(secret: $0, of: tokenInHand)) } ?? .answered(.standing(.unavailable))
  }

  private func report(_ event: Event) {
    if event.kind.priority == .critical { isCriticalReported = true }
  }

  private func forget() {
    releasePermit()
    oldSecret = nil
    newSecret = nil
    rolledAt = nil
    newToken = nil
    isCriticalReported = false
  }
}
