internal import Core

/// A simulated world in which the service rolls tokens for years: clocks, disk, API, operator, and everything that fails.
///
/// One thread, one source of chance: the same seed gives the same world, to the microsecond.
final class World {
  /// How large a world is.
  struct Size {
    var entries: Int
    var years: Int
    var period: TimeSpan
  }

  static let epoch = Timestamp(seconds: 1_767_225_600)
  /// The machine asks whether there is one, never which.
  static let someFingerprint = Fingerprint(bytes: repeatElement(7, count: 32).map { UInt8($0) })

  let seed: UInt64
  let size: Size
  let tracer: ((String) -> Void)?
  let makeDriver: (World, Int, Records) -> EntryDriver
  var dice: Dice
  let storm: Profile
  var profile: Profile
  var isCalm = true
  var violation: Violation?
  var totals = Totals()

  /// The true time, which only goes forward, and by how much the wall clock is off.
  var now = TimeSpan.zero
  var wallOffset = TimeSpan.zero
  var agenda = Agenda()
  var server = Server(epoch: World.epoch)
  var disk = Disk()
  /// By entry its kind, and the rows of its tokens; by row the entry.
  var kinds: [Kind] = []
  var rows: [[Int]] = []
  var slots: [Int] = []
  /// By entry the tokens that there are.
  var living: [[Int]] = []

  // The process.
  var process = 0
  var isUp = false
  var drivers: [EntryDriver?]
  var records: [Disk.Record] = []
  var plans: [Int]
  var resumedAt = World.epoch
  var budget: RequestBudget
  var enabled: [Bool]
  var deletions = DeletionPlan()

  // What the judge knows.
  var asked: [Bool]
  /// By slot the request under way, as far as the process knows.
  var underWay: [Int?]
  var putOfRoll: [RollID: Int] = [:]
  /// Slots whose last doubt could not be cleared up, or was by an answer that was wrong.
  var isExcused: [Bool]
  /// Slots whose wall clock was set since their last roll.
  var wasStepped: [Bool]
  /// Rolls that were taken to have happened, whether or not that could be written.
  var takenForLost: Set<RollID> = []
  /// Secrets of which the API has said that they are in force.
  var proved: Set<Int> = []
  /// When the wall clock was set last.
  var steppedAt = TimeSpan(microseconds: .min / 2)
  /// Rolls whose escrow could not be erased, or is there though its writing seemed to fail.
  var leftToRestart: Set<RollID> = []
  var arrivals: [TimeSpan] = []
  var arrivalsStart = 0
  var verifyOutUntil = TimeSpan.zero
  private var identities: UInt64 = 0
  private var postponements = 0

  init(
    seed: UInt64, size: Size, tracer: ((String) -> Void)?,
    makeDriver: @escaping (World, Int, Records) -> EntryDriver
  ) {
    self.seed = seed
    self.size = size
    self.tracer = tracer
    self.makeDriver = makeDriver
    dice = Dice(seed: seed)
    storm = Profile(&dice, period: size.period)
    profile = storm.calm
    budget = RequestBudget(RateLimit(requests: storm.requests, per: .minutes(5)))
    drivers = Array(repeating: nil, count: size.entries)
    plans = Array(repeating: 0, count: size.entries)
    enabled = Array(repeating: true, count: size.entries)
    asked = Array(repeating: false, count: size.entries)
    underWay = Array(repeating: nil, count: size.entries)
    isExcused = Array(repeating: false, count: size.entries)
    wasStepped = Array(repeating: false, count: size.entries)
    for slot in 0..<size.entries {
      kinds.append(dice.pick(storm.kinds))
      enroll(slot, at: Self.epoch - dice.span(.zero, size.period))
      // A secret in force, a dead one, or none: what operators bring along.
      let token = server.tokens[slot]
      let first = dice.pick([token.secret, token.secret, server.issue(for: slot), 0])
      disk.destinations.append(Array(repeating: first, count: storm.destinations))
    }
    for slot in kinds.indices where kinds[slot] == .pair {
      enroll(slot, at: disk.records[slot].firstSeen)
      if dice.chance(5_000), disk.destinations[slot][0] != 0 {
        let secret = server.tokens[rows[slot][1]].secret
        disk.destinations[slot] = Array(repeating: secret, count: storm.destinations)
      }
    }
  }

  /// A token of `slot` is there from the beginning.
  private func enroll(_ slot: Int, at seen: Timestamp) {
    let token = server.create(of: slot)
    disk.records.append(Disk.Record(row: disk.records.count, token: token, firstSeen: seen))
    disk.open.append(nil)
    slots.append(slot)
    if rows.count == slot {
      rows.append([token])
      living.append([token])
    } else {
      rows[slot].append(token)
      living[slot].append(token)
    }
  }

  /// Lets the world take its course; ends with its time, or with the first promise that is broken.
  func run() {
    totals.seeds = 1
    totals.entries = size.entries
    totals.entryYears = size.entries * size.years
    agenda.add(.start, at: .zero)
    agenda.add(.season(0), at: .zero)
    agenda.add(.chance, at: dice.span(.zero, storm.incidentEvery))
    let end = TimeSpan.days(Int64(365 * size.years))
    while violation == nil, let (time, happening) = agenda.next(), time < end {
      now = max(now, time)
      do throws(Crash) {
        try handle(happening)
      } catch {
        crash()
      }
    }
  }

  private func handle(_ happening: Happening) throws(Crash) {
    switch happening {
    case .answer(let slot, let process, let question, let early):
      guard process == self.process, let driver = drivers[slot] else { return }
      let event = early ?? answer(question, slot)
      if case .roll = question { underWay[slot] = nil }
      try driver.answered(question, event)
    case .commit(let put): commit(put)
    case .wake(let slot, let process, let serial):
      guard process == self.process, let driver = drivers[slot], driver.serial == serial else { return }
      guard isWanted(driver) else {
        drivers[slot] = nil
        return try plan(slot)
      }
      try driver.wake()
    case .due(let slot, let process, let plan):
      guard process == self.process, plans[slot] == plan else { return }
      try self.plan(slot)
    case .deletions(let process, let plan):
      guard process == self.process, plan == deletions.number else { return }
      try workDeletions()
    case .deletionAnswer(let roll, let process, let answer):
      guard process == self.process else { return }
      try heard(answer, of: roll)
    case .erase(let token): erase(token, isForeign: false)
    case .incident(let incident): try happen(incident)
    case .chance:
      agenda.add(.chance, at: now + dice.span(.zero, storm.incidentEvery))
      try happen(dice.pick(Incident.allCases))
    case .season(let number): try change(to: number)
    case .start: try start()
    }
  }

  // MARK: - Time and chance

  var wall: Timestamp { Self.epoch + now + wallOffset }

  func moment() -> Moment { Moment(wall: wall, uptime: now, random: dice.next()) }

  func newRollID() -> RollID {
    identities += 1
    return RollID(high: seed, low: identities)
  }

  /// Whether something that goes wrong so often goes wrong now.
  func fault(_ perMyriad: Int) -> Bool {
    guard dice.chance(perMyriad) else { return false }
    totals.faults += 1
    return true
  }

  /// A place between two steps, where the process may be killed.
  func step() throws(Crash) {
    if dice.chance(profile.crashAtStep) { throw Crash() }
  }

  /// Writes durably, or fails; a write that fails may have reached the disk all the same.
  func write(_ change: (inout Disk) -> Void) throws(Crash) -> Bool {
    try step()
    let isLost = fault(profile.writeFails)
    let isHidden = !isLost && fault(profile.writeLies)
    if !isLost { change(&disk) }
    try step()
    return !isLost && !isHidden
  }

  func readable(_ slot: Int) -> Int? {
    guard storm.isReadable, let first = disk.destinations[slot].first, first != 0 else { return nil }
    return first
  }

  func trace(_ text: @autoclosure () -> String) {
    guard let tracer else { return }
    tracer("\(wall.rfc3339) +\(now.microseconds / 1_000) ms  \(text())")
  }

  func fail(_ text: String) {
    guard violation == nil else { return }
    violation = Violation(seed: seed, text: "\(wall.rfc3339): \(text)")
    trace("VIOLATION: \(text)")
  }

  // MARK: - Seasons

  /// Storms and calms in turn; at the end of each calm everything has to be as it should be.
  private func change(to number: Int) throws(Crash) {
    let length = TimeSpan(
      microseconds: TimeSpan.days(Int64(365 * size.years)).microseconds / Int64(2 * size.years))
    switch number % 4 {
    case 0:
      trace("a storm begins")
      isCalm = false
      profile = storm
      agenda.add(.season(number + 1), at: now + length - .days(3))
    case 1:
      trace("a calm begins")
      isCalm = true
      profile = storm.calm
      verifyOutUntil = now
      postponements = 0
      for slot in enabled.indices { enabled[slot] = true }
      if isUp {
        try planAll()
        try workDeletions()
      } else {
        try start()
      }
      agenda.add(.season(number + 1), at: now + .days(2))
    case 2:
      guard judgePeace(isStrict: false) else { return postpone(number) }
      // A clean restart finds what was left to one, such as escrow that could not be erased.
      stop()
      try start()
      agenda.add(.season(number + 1), at: now + .minutes(1))
    default:
      guard judgePeace(isStrict: true) else { return postpone(number) }
      agenda.add(.season(number + 1), at: now + .minutes(1))
    }
  }

  private func postpone(_ number: Int) {
    postponements += 1
    if postponements > 50 { fail("the service does not come to rest on calm days") }
    agenda.add(.season(number), at: now + .minutes(10))
  }
}
