internal import Core

/// What happens from outside.
extension World {
  func happen(_ incident: Incident) throws(Crash) {
    guard !isCalm else { return }
    let slot = dice.below(size.entries)
    trace("incident: \(incident), entry \(slot)")
    switch incident {
    case .crash: if isUp { throw Crash() }
    case .clockStep: try setClock()
    case .request: try request(slot)
    case .foreignRoll:
      totals.foreignRolls += 1
      _ = server.roll(dice.pick(living[slot]), at: now, isForeign: true)
    case .foreignDeletion:
      // Of what nobody has: an operator tidies up.
      let owed = disk.deletions.compactMap(\.token).filter { slots[server.tokens[$0].slot] == slot }
      if let token = owed.first(where: { !server.tokens[$0].isDeleted }) { erase(token, isForeign: true) }
    case .reload: if isUp { try planAll() }
    case .pause: enabled[slot] = false
    case .resume:
      enabled[slot] = true
      if isUp { try plan(slot) }
    case .edit: server.edit(dice.pick(living[slot]), at: now)
    case .outage: verifyOutUntil = now + dice.span(.minutes(1), .hours(3))
    }
  }

  private func setClock() throws(Crash) {
    totals.clockSteps += 1
    steppedAt = now
    let far = dice.pick([.seconds(2), .minutes(10), .hours(5), .days(40), TimeSpan.days(400)])
    // Every second time it is put right again.
    wallOffset = dice.chance(5_000) ? .zero : dice.span(.zero, far + far) - far
    for slot in wasStepped.indices { wasStepped[slot] = true }
    guard isUp else { return }
    resumedAt = wall
    try planAll()
    deletions.held = [:]
    try lookOn()
    try workDeletions()
  }

  private func request(_ slot: Int) throws(Crash) {
    guard isUp else { return }
    guard let driver = drivers[slot] else {
      asked[slot] = true
      return try newDriver(slot).run(.due(newRollID(), .request))
    }
    switch driver.machine.phase {
    case .backingOff, .failed:
      asked[slot] = true
      driver.serial += 1
      try driver.run(.due(newRollID(), .request))
    default: break
    }
  }
}
