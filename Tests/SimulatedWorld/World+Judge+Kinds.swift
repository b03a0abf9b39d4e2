internal import Core

/// The promises that pairs and replacements add.
extension World {
  /// A roll of ours took effect, and `former` was in force before.
  func judgeRoll(_ roll: RollID, of slot: Int, _ former: Int) {
    guard kinds[slot] == .pair, disk.destinations[slot].contains(former) else { return }
    fail("entry \(slot): roll \(roll) takes away the secret \(former), which consumers hold")
  }

  /// Nobody gets a secret of which the API has not said that it is in force, while there is one that is.
  func judgeProof(_ secret: Int, _ driver: EntryDriver) {
    guard kinds[driver.slot] != .single, driver.machine.cause != .cure, !proved.contains(secret) else {
      return
    }
    fail("entry \(driver.slot): the secret \(secret) is published before it was proved")
  }

  func judgeSettling(_ secret: Int?, _ driver: EntryDriver) {
    guard let secret, !disk.isPublished(secret, of: driver.slot) else { return }
    fail("entry \(driver.slot): a roll is settled and its secret is not in every destination")
  }

  /// A settled roll of a pair has its secret with consumers, so the other token is next.
  func judgeTurn(_ driver: EntryDriver) {
    guard driver.twin != nil, records(of: driver.slot).inUse.row != driver.record.row else { return }
    fail("entry \(driver.slot): the token that was just rolled is to be rolled again")
  }

  /// The creation that `roll` has sent takes effect.
  func judgeCreation(_ roll: RollID, _ slot: Int, isRefused: Bool) {
    if isRefused {
      return fail("entry \(slot): roll \(roll) created a token after it was recorded as refused")
    }
    guard !disk.isExpected(roll), let put = putOfRoll[roll], server.puts[put].sentAt > steppedAt else {
      return
    }
    fail("entry \(slot): roll \(roll) created a token, and nothing says so")
  }

  /// A deletion cannot be undone.
  func judgeDeleting(_ number: Int) {
    let token = server.tokens[number]
    let slot = token.slot
    if token.isDeleted { return }
    if disk.destinations[slot].contains(token.secret) {
      return fail("entry \(slot): token \(number) is deleted, whose secret consumers hold")
    }
    if disk.records[slot].token == number {
      return fail("entry \(slot): token \(number) is deleted, which is the one in force")
    }
    if drivers[slot]?.newToken == number
      || disk.escrow.contains(where: { $0.token == number && disk.history[$0.roll] == nil })
    {
      return fail("entry \(slot): token \(number) is deleted, which is in hand")
    }
    if let end = token.givenUpAt, steppedAt < end, now - end < storm.grace {
      fail("entry \(slot): token \(number) is deleted before its grace is over")
    }
  }

  /// `former` was in one of the destinations of `slot`.
  func noteEnd(of former: Int, _ slot: Int, _ disk: Disk) {
    guard let token = server.owner(former), !disk.destinations[slot].contains(former) else { return }
    server.tokens[token].givenUpAt = now
  }

  /// On a calm day consumers of a pair hold a secret that is in force.
  func judgePair(_ slot: Int) {
    let held = disk.destinations[slot][0]
    guard proved.contains(held), let owner = server.owner(held) else { return }
    if !disk.isPublished(held, of: slot) {
      fail("entry \(slot): consumers have \(disk.destinations[slot]), of which only one is meant")
    }
    if !server.tokens[owner].isForeign, !server.isInForce(held) {
      fail("entry \(slot): consumers have \(held), and it is not in force")
    }
  }

  /// On a calm day there is one token for an entry, but for those that are in the table and have their time.
  func judgeTokens(_ slot: Int, isStrict: Bool) {
    let current = disk.records[slot].token
    let rows = disk.deletions.filter { slots[$0.row] == slot }
    if server.tokens[current].isDeleted { fail("entry \(slot): its token \(current) is deleted") }
    for token in living[slot] where token != current {
      let maker = server.tokens[token].maker
      if !rows.contains(where: { $0.token == token || $0.token == nil && $0.roll == maker }) {
        fail("entry \(slot): token \(token) is left, and nothing says so")
      }
    }
    for row in rows {
      guard let due = row.due else {
        if isStrict { fail("entry \(slot): the creation of roll \(row.roll) is left open") }
        continue
      }
      // What is paused or was not answered is looked at within hours, and looked for within one.
      if due + .hours(8) < wall { fail("entry \(slot): a deletion is overdue since \(due.rfc3339)") }
    }
  }
}
