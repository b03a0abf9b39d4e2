internal import Core

/// What the process knows of what is to be deleted: the counterpart of the service's `DeletionQueue`.
struct DeletionPlan {
  var items: [Disk.Deletion] = []
  /// Rolls about whose remains a request is under way.
  var active: Set<RollID> = []
  /// Until when those wait whose time has come, and that must not be touched now.
  var held: [RollID: Timestamp] = [:]
  /// The number of the wake that is waited for; others are stale.
  var number = 0
}

extension World {
  private static let looking = RetryPolicy(base: .seconds(5), cap: .hours(1))

  /// Takes up what a start has found, or a roll has changed.
  func refreshDeletions() throws(Crash) {
    deletions.items = disk.deletions.filter { $0.due != nil }
    deletions.held = [:]
    try workDeletions()
  }

  /// A request that was given up arrives by no clock that anybody sets.
  func lookOn() throws(Crash) {
    for item in deletions.items {
      guard let until = item.until, until < wall + .hours(1) else { continue }
      var longer = item
      longer.until = wall + .hours(1)
      try keep(longer)
    }
  }

  /// Does what is due, and comes back for the next.
  func workDeletions() throws(Crash) {
    guard isUp else { return }
    deletions.number += 1
    var earliest: TimeSpan?
    for item in deletions.items where !deletions.active.contains(item.roll) {
      var due = max(item.due ?? wall, deletions.held[item.roll] ?? item.due ?? wall)
      if due <= wall, let hold = hold(item) {
        deletions.held[item.roll] = hold
        due = hold
      }
      var wait = due - wall
      if wait <= .zero, let time = budget.wait(for: 1, at: now) { wait = max(time - now, .milliseconds(1)) }
      guard wait <= .zero else {
        earliest = min(earliest ?? wait, wait)
        continue
      }
      try attend(to: item)
    }
    if let earliest {
      agenda.add(.deletions(process: process, plan: deletions.number), at: now + earliest)
    }
  }

  /// Until when a deletion that is due has to wait; nil where it need not.
  private func hold(_ item: Disk.Deletion) -> Timestamp? {
    if let token = item.token, isInForce(token) {
      return wall + .hours(1)
    }
    if !enabled[slots[item.row]] { return wall + .hours(6) }
    return fault(profile.quiet) ? wall + dice.span(.seconds(1), .hours(1)) : nil
  }

  private func isInForce(_ token: Int) -> Bool {
    let slot = server.tokens[token].slot
    guard let driver = drivers[slot] else { return records[slot].token == token }
    return driver.record.token == token || driver.newToken == token
  }

  private func attend(to item: Disk.Deletion) throws(Crash) {
    budget.spend(1, at: now)
    judgeArrival()
    deletions.active.insert(item.roll)
    var delay = dice.span(.milliseconds(20), .seconds(2))
    let answer: DeletionAnswer
    if let token = item.token {
      trace("the deletion of token \(token) is sent")
      judgeDeleting(token)
      let time = dice.span(.milliseconds(5), delay)
      var isDone = true
      (isDone, answer) = fate(of: token, &delay)
      if isDone { agenda.add(.erase(token: token), at: now + time) }
    } else if now < verifyOutUntil || fault(profile.inspectFails) {
      answer = .failure(APIFailure(.unknown, "silence"))
    } else {
      let slot = slots[item.row]
      answer = .found(living[slot].first { server.tokens[$0].maker == item.roll })
    }
    agenda.add(.deletionAnswer(item.roll, process: process, answer), at: now + delay)
    try step()
  }

  /// Whether the API deletes `token`, and what it says.
  private func fate(of token: Int, _ delay: inout TimeSpan) -> (Bool, DeletionAnswer) {
    if fault(profile.notSent) { return (false, .failure(APIFailure(.notSent, "no connection"))) }
    if fault(profile.refused) { return (false, .failure(APIFailure(.refused, "forbidden", httpStatus: 403))) }
    if fault(profile.rateLimited) {
      return (
        false, .failure(APIFailure(.rateLimited, "too many", httpStatus: 429, retryAfter: .minutes(1)))
      )
    }
    if fault(profile.errorBefore) {
      return (false, .failure(APIFailure(.unknown, "bad gateway", httpStatus: 502)))
    }
    if fault(profile.errorAfter) {
      return (true, .failure(APIFailure(.unknown, "bad gateway", httpStatus: 502)))
    }
    if fault(profile.silent) {
      delay = profile.timeout
      return (dice.chance(5_000), .failure(APIFailure(.unknown, "no answer")))
    }
    return (!server.tokens[token].isDeleted, .gone)
  }

  func erase(_ token: Int, isForeign: Bool) {
    guard !server.tokens[token].isDeleted else { return }
    if !isForeign {
      judgeDeleting(token)
      totals.deletions += 1
    }
    trace("token \(token) is deleted\(isForeign ? " by somebody else" : "")")
    server.tokens[token].isDeleted = true
    living[server.tokens[token].slot].removeAll { $0 == token }
  }

  func heard(_ answer: DeletionAnswer, of roll: RollID) throws(Crash) {
    deletions.active.remove(roll)
    if let index = deletions.items.firstIndex(where: { $0.roll == roll }) {
      let item = deletions.items[index]
      trace("what is left of roll \(roll): \(answer)")
      switch answer {
      case .gone: try forget(item, orTryAgainAfter: .minutes(1))
      case .found(let token?):
        var found = item
        (found.token, found.until, found.failures, found.due) = (token, nil, 0, wall)
        try keep(found)
      case .found(nil): try lookAgain(item)
      case .failure(let failure):
        if failure.effect == .rateLimited { budget.pause(until: now + (failure.retryAfter ?? .minutes(5))) }
        let policy: RetryPolicy = failure.effect == .refused ? .refused : .transient
        let wait = policy.delay(
          failures: item.failures + 1, random: dice.next(), retryAfter: failure.retryAfter)
        try keep(tried(item, again: wall + wait))
      }
    }
    try workDeletions()
  }

  private func tried(_ item: Disk.Deletion, again due: Timestamp) -> Disk.Deletion {
    var item = item
    item.due = due
    item.failures += 1
    return item
  }

  private func lookAgain(_ item: Disk.Deletion) throws(Crash) {
    guard let until = item.until, wall < until else { return try forget(item, orTryAgainAfter: .hours(1)) }
    let wait = Self.looking.delay(failures: item.failures + 1, random: dice.next())
    try keep(tried(item, again: min(wall + wait, until)))
  }

  private func forget(_ item: Disk.Deletion, orTryAgainAfter wait: TimeSpan) throws(Crash) {
    guard try write({ $0.forget(item.roll) }) else { return try keep(tried(item, again: wall + wait)) }
    deletions.items.removeAll { $0.roll == item.roll }
  }

  private func keep(_ item: Disk.Deletion) throws(Crash) {
    guard let index = deletions.items.firstIndex(where: { $0.roll == item.roll }) else { return }
    deletions.items[index] = item
    _ = try write { $0.keep(item) }
  }
}
