internal import Core

/// The process around the drivers: the counterpart of the service's `Rotator`.
extension World {
  func start() throws(Crash) {
    guard !isUp else { return }
    process += 1
    isUp = true
    resumedAt = wall
    budget = RequestBudget(RateLimit(requests: storm.requests, per: .minutes(5)))
    // A new process knows nothing of what an earlier one sent.
    arrivals = []
    arrivalsStart = 0
    trace("the service starts")
    records = disk.records
    var unfinished: [(row: Int, open: Disk.Open, escrow: Disk.Escrow?)] = []
    for row in disk.open.indices {
      guard var open = disk.open[row] else { continue }
      let escrow = disk.escrowed(open.roll.id)
      open.roll.isEscrowed = escrow != nil
      // Of a pair one roll comes after the other.
      guard !unfinished.contains(where: { slots[$0.row] == slots[row] }) else { continue }
      unfinished.append((row, open, escrow))
    }
    for item in disk.escrow where disk.open[item.row]?.roll.id != item.roll {
      guard disk.history[item.roll] != nil else {
        fail("entry \(slots[item.row]): the escrow of roll \(item.roll) belongs to nothing that is known")
        return
      }
      judgeErasing(item.roll)
      let isErased = try write { disk in disk.escrow.removeAll { $0.roll == item.roll } }
      if !isErased { leftToRestart.insert(item.roll) }
    }
    for item in unfinished {
      let slot = slots[item.row]
      let driver = newDriver(slot)
      asked[slot] = item.open.roll.cause == .request
      if !canKnow(item.open, slot) { isExcused[slot] = true }
      // What is left of a pair's other token, whose record could not be taken back, is tried again though the pair was rolled.
      if kinds[slot] == .pair, records(of: slot).lastSuccess.map({ $0 > item.open.roll.startedAt }) ?? false {
        wasStepped[slot] = true
      }
      try driver.recover(item.open, of: item.row, item.escrow)
      guard violation == nil else { return }
    }
    try planAll()
    deletions = DeletionPlan(number: deletions.number)
    deletions.items = disk.deletions.filter { $0.due != nil }
    try lookOn()
    try workDeletions()
  }

  /// Whether a process that has only the disk can find out what came of a roll.
  private func canKnow(_ open: Disk.Open, _ slot: Int) -> Bool {
    open.roll.isEscrowed || (open.old != nil && readable(slot) == open.old)
  }

  func stop() {
    isUp = false
    process += 1
    for slot in drivers.indices {
      drivers[slot] = nil
      underWay[slot] = nil
      asked[slot] = false
    }
  }

  func crash() {
    guard isUp else { return }
    trace("the service is killed")
    stop()
    totals.crashes += 1
    // What was on its way is given up now, and is no later than any other request that was given up.
    for put in server.puts.indices.suffix(8 * size.entries) {
      guard server.puts[put].secret == nil, let time = server.puts[put].commitAt, time > now + storm.latest
      else {
        continue
      }
      server.puts[put].commitAt = now + dice.span(.zero, storm.latest)
      agenda.add(.commit(put: put), at: server.puts[put].commitAt ?? now)
    }
    let down = dice.pick([
      .milliseconds(100), .seconds(2), .seconds(20), .minutes(5), .hours(6), TimeSpan.days(3),
    ])
    agenda.add(.start, at: now + dice.span(.zero, down))
  }

  func planAll() throws(Crash) {
    for slot in plans.indices {
      try plan(slot)
      guard violation == nil else { return }
    }
  }

  /// Begins what is due, or has it come back when it is.
  func plan(_ slot: Int) throws(Crash) {
    plans[slot] += 1
    guard isUp, drivers[slot] == nil, enabled[slot] else { return }
    guard let due = due(slot) else { return fail("entry \(slot) is never due again") }
    guard due <= wall else {
      return agenda.add(.due(slot: slot, process: process, plan: plans[slot]), at: now + (due - wall))
    }
    try newDriver(slot).run(.due(newRollID(), .schedule))
  }

  func due(_ slot: Int) -> Timestamp? {
    let records = records(of: slot)
    return schedule.due(
      state: ScheduleState(firstSeen: records.firstSeen, lastSuccess: records.lastSuccess), now: wall,
      resumedAt: resumedAt, offset: offset(slot), zones: { _ in .utc })
  }

  /// What the process remembers of the tokens of `slot`.
  func records(of slot: Int) -> Records {
    Records(records[rows[slot][0]], rows[slot].count > 1 ? records[rows[slot][1]] : nil)
  }

  private var schedule: Schedule { Schedule(.every(storm.period), jitter: storm.jitter) }

  func offset(_ slot: Int) -> TimeSpan {
    TimeSpan(microseconds: storm.jitter.microseconds / Int64(size.entries) * Int64(slot))
  }

  func newDriver(_ slot: Int) -> EntryDriver {
    let driver = makeDriver(self, slot, records(of: slot))
    drivers[slot] = driver
    return driver
  }

  /// A driver has done what it can for now.
  func rest(_ driver: EntryDriver, _ wait: TimeSpan?) {
    let slot = driver.slot
    for record in [driver.record, driver.twin].compactMap(\.self) { records[record.row] = record }
    if let wait {
      wake(driver, at: now + wait)
      return
    }
    guard driver.machine.phase == .waiting else {
      return fail("entry \(slot) is stuck in the phase \(driver.machine.phase): nothing is waited for")
    }
    drivers[slot] = nil
    asked[slot] = false
    isExcused[slot] = false
    // Under a wrong clock times are kept that lie in the future of the right one.
    if wallOffset == .zero, records(of: slot).lastSuccess.map({ $0 <= wall }) ?? true {
      wasStepped[slot] = false
    }
    plans[slot] += 1
    agenda.add(.due(slot: slot, process: process, plan: plans[slot]), at: now)
  }

  func wake(_ driver: EntryDriver, at time: TimeSpan) {
    driver.serial += 1
    agenda.add(.wake(slot: driver.slot, process: process, serial: driver.serial), at: time)
  }

  /// Whether another attempt is still asked for.
  func isWanted(_ driver: EntryDriver) -> Bool {
    switch driver.machine.phase {
    case .backingOff, .failed: driver.machine.cause == .cure || enabled[driver.slot]
    default: true
    }
  }
}
