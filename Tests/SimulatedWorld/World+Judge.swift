internal import Core

/// The promises, each checked against what is true in the world and not against what the service believes.
extension World {
  func judgeSending(_ roll: RollID, _ driver: EntryDriver) {
    let slot = driver.slot
    let token = driver.record.token
    guard let open = disk.open[driver.record.row], open.roll.id == roll, open.roll.stage == .intended else {
      return fail("entry \(slot): roll \(roll) is sent, and its intent is not durable")
    }
    if putOfRoll[roll] != nil { return fail("entry \(slot): roll \(roll) is sent a second time") }
    if underWay[slot] != nil { return fail("entry \(slot): a second request is sent while one is under way") }
    let secret = server.tokens[token].secret
    if driver.newSecret == secret, !server.tokens[token].isForeign, !disk.isPublished(secret, of: slot),
      !disk.escrow.contains(where: { $0.secret == secret })
    {
      return fail("entry \(slot): a roll is sent while the secret in force is in memory alone")
    }
    if driver.machine.isReplacement, !disk.isExpected(roll) {
      return fail("entry \(slot): roll \(roll) is sent, and what it may create is not durable")
    }
    if kinds[slot] == .pair, disk.destinations[slot].contains(secret) {
      return fail("entry \(slot): roll \(roll) is of token \(token), whose secret consumers hold")
    }
    if open.old == nil, driver.machine.cause != .cure { isExcused[slot] = true }
    switch driver.machine.cause {
    case .request: if !asked[slot] { fail("entry \(slot): nobody asked for roll \(roll)") }
    case .schedule: judgeTime(of: roll, slot)
    case .drift: fail("entry \(slot): nothing looks for drift here, and roll \(roll) is for it")
    case .cure:
      totals.cures += 1
      if !isExcused[slot], disk.isPublished(secret, of: slot) {
        fail("entry \(slot): the curing roll \(roll) is sent, and consumers have the secret in force")
      }
    }
  }

  private func judgeTime(of roll: RollID, _ slot: Int) {
    let record = records(of: slot)
    guard !wasStepped[slot], let last = record.lastSuccess else { return }
    func interval(_ time: Timestamp) -> Int64 {
      let elapsed = time - (record.firstSeen + offset(slot))
      return elapsed.microseconds / storm.period.microseconds
    }
    if interval(wall) <= interval(last) { fail("entry \(slot): roll \(roll) is sent, and it is not due") }
  }

  func judgeArrival() {
    arrivals.append(now)
    while arrivals[arrivalsStart] + .minutes(5) <= now { arrivalsStart += 1 }
    if arrivalsStart > 4_096 {
      arrivals.removeFirst(arrivalsStart)
      arrivalsStart = 0
    }
    if arrivals.count - arrivalsStart > storm.requests {
      fail("more requests in five minutes than the budget allows")
    }
  }

  func judgeWait(_ span: TimeSpan, isPostponed: Bool, _ driver: EntryDriver) {
    // Time that is not lost to a failure may be short: what is left of a doubt, or of a window.
    let isPolling =
      driver.machine.phase == .uncertain || driver.machine.phase == .confirming
      || driver.machine.phase == .proving || isPostponed
    if span < (isPolling ? .zero : .milliseconds(100)) {
      fail("entry \(driver.slot): waits \(span.microseconds) us in the phase \(driver.machine.phase)")
    }
    if span > .hours(7) { fail("entry \(driver.slot): waits \(span.microseconds) us, as good as for ever") }
  }

  func judgePublishing(_ secret: Int, _ driver: EntryDriver) {
    guard driver.isEscrowTried || disk.escrow.contains(where: { $0.secret == secret }) else {
      return fail("entry \(driver.slot): a secret is published before it was made durable")
    }
    judgeProof(secret, driver)
  }

  func judgeErasing(_ roll: RollID) {
    guard let item = disk.escrowed(roll) else { return }
    let slot = slots[item.row]
    if disk.history[roll] == nil || disk.open[item.row]?.roll.id == roll {
      return fail("entry \(slot): the escrow of roll \(roll) is erased before the history is durable")
    }
    // The other token of a pair may have its turn already.
    let isOver = kinds[slot] != .single && disk.history[roll] == .settled
    if !isOver, server.isInForce(item.secret), !disk.isPublished(item.secret, of: slot) {
      fail("entry \(slot): the escrow of roll \(roll) is erased before every destination has its secret")
    }
  }

  func judgeClosing(_ roll: RollID?, _ outcome: RollOutcome, _ slot: Int) {
    guard let roll, let put = putOfRoll[roll], server.puts[put].secret != nil else { return }
    if server.puts[put].creates { return judgeCreation(roll, slot, isRefused: outcome == .notRolled) }
    if outcome == .didNotHappen, storm.isVeryLate {
      // It took effect later than `settle_time` says, after the last question was answered and before the answer came.
      if let token = server.puts[put].token, server.lastThatMayCommit(token)?.roll == roll {
        server.tokens[token].isForeign = true
      }
      return
    }
    if outcome == .didNotHappen || outcome == .notRolled {
      fail("entry \(slot): roll \(roll) is recorded as not having taken place, and it did")
    }
  }

  /// Looks at everything on a calm day; false where something young is still in hand.
  func judgePeace(isStrict: Bool) -> Bool {
    guard isUp else { return false }
    for slot in 0..<size.entries {
      if let driver = drivers[slot] {
        if now - driver.begunAt > .hours(1) {
          fail("entry \(slot): still in the phase \(driver.machine.phase) on a calm day")
        }
        return false
      }
      // An intent whose record was thought to have failed is left to a restart.
      for row in rows[slot] where isStrict {
        if let open = disk.open[row] { fail("entry \(slot): the intent of roll \(open.roll.id) is left") }
      }
      if let item = disk.escrow.first(where: {
        slots[$0.row] == slot && (isStrict || !leftToRestart.contains($0.roll))
      }) {
        fail("entry \(slot): the escrow of roll \(item.roll) is left")
      }
      let token = server.tokens[disk.records[slot].token]
      let wasRolled = disk.records[slot].lastSuccess != nil
      switch kinds[slot] {
      case .single: break
      case .pair: judgePair(slot)
      case .replacement: judgeTokens(slot, isStrict: isStrict)
      }
      if kinds[slot] != .pair, wasRolled, !token.isForeign, !disk.isPublished(token.secret, of: slot) {
        fail("entry \(slot): consumers have \(disk.destinations[slot]), and \(token.secret) is in force")
      }
      if let due = due(slot), due + .hours(1) < wall { fail("entry \(slot): overdue since \(due.rfc3339)") }
    }
    return true
  }
}
