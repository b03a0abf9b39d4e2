internal import Core

/// The network and the API behind it.
extension World {
  /// Draws the fate of a roll that is about to be sent.
  func newPut(_ roll: RollID, _ driver: EntryDriver) -> Int {
    let slot = driver.slot
    totals.sent += 1
    var commit: TimeSpan? = dice.span(.milliseconds(5), .seconds(1))
    var outcome = Server.Outcome.secret
    func fails(
      _ effect: APIFailure.Effect, _ reason: String, _ status: Int? = nil, _ retryAfter: TimeSpan? = nil
    ) {
      outcome = .failure(APIFailure(effect, reason, httpStatus: status, retryAfter: retryAfter))
    }
    if fault(profile.notSent) {
      commit = nil
      fails(.notSent, "no connection")
    } else if fault(profile.refused) {
      commit = nil
      fails(.refused, "forbidden", 403)
    } else if fault(profile.rateLimited) {
      commit = nil
      fails(.rateLimited, "too many", 429, dice.pick([nil, .zero, .seconds(60), .hours(1)]))
    } else if fault(profile.errorBefore) {
      commit = nil
      fails(.unknown, "bad gateway", 502)
    } else if fault(profile.errorAfter) {
      fails(.unknown, "bad gateway", 502)
    } else if fault(profile.unreadable) {
      fails(.unknown, "unreadable", 200)
    } else if fault(profile.silent) {
      commit = dice.chance(5_000) ? nil : dice.span(.zero, profile.timeout)
      fails(.unknown, "no answer")
    } else if fault(profile.late) {
      commit = profile.timeout + dice.span(.milliseconds(1), profile.latest)
      fails(.unknown, "no answer")
    }
    let put = server.puts.count
    let time = commit.map { now + $0 }
    let creates = driver.machine.isReplacement
    if creates { totals.creations += 1 }
    server.puts.append(
      Server.Put(
        slot: slot, roll: roll, sentAt: now, token: creates ? nil : driver.record.token, creates: creates,
        commitAt: time, outcome: outcome))
    putOfRoll[roll] = put
    underWay[slot] = put
    if let time { agenda.add(.commit(put: put), at: time) }
    if dice.chance(profile.incidentAtRoll) {
      let incident = dice.pick([.crash, .crash, .clockStep, .foreignRoll, .edit, .outage, Incident.reload])
      agenda.add(
        .incident(incident), at: now + dice.span(.zero, dice.pick([.seconds(2), .minutes(2), .minutes(15)])))
    }
    return put
  }

  /// Sends `question`; the answer comes in its time.
  func send(_ question: Question, count: Int, of driver: EntryDriver) {
    for _ in 0..<count { judgeArrival() }
    var delay = dice.span(.milliseconds(20), .seconds(2))
    var early: RollEvent?
    if case .roll(let put) = question {
      if case .failure(let failure) = server.puts[put].outcome, failure.effect == .unknown {
        totals.uncertain += 1
        if failure.httpStatus == nil { delay = profile.timeout }
      }
    } else if dice.chance(5_000) {
      // What the API knew when it was asked may be old when it arrives.
      early = answer(question, driver.slot)
    }
    if let put = underWay[driver.slot], case .roll = question, let time = server.puts[put].commitAt {
      if case .secret = server.puts[put].outcome { delay = time - now + delay }
    }
    agenda.add(.answer(slot: driver.slot, process: process, question, early: early), at: now + delay)
  }

  func answer(_ question: Question, _ slot: Int) -> RollEvent {
    switch question {
    case .roll(let put):
      server.puts[put].isOver = true
      switch server.puts[put].outcome {
      case .secret: return .rolled(warning: nil)
      case .failure(let failure):
        if failure.effect == .rateLimited { budget.pause(until: now + (failure.retryAfter ?? .minutes(5))) }
        return .notRolled(failure)
      }
    case .verify(let secret, let token): return .standing(standing(of: secret, token))
    case .inspect(let old, let token):
      return inspect(token, old.map { standing(of: $0, token) } ?? Standing.unavailable)
    case .inspectPair(let old, let token, let twin):
      let standing = old.map { self.standing(of: $0, token) } ?? Standing.unavailable
      // Where consumers hold the one, the other is looked up.
      if case .inForce = standing { return inspect(twin, standing) }
      return inspect(token, standing)
    case .modified(let token):
      if fault(profile.inspectFails) { return .notModified(APIFailure(.unknown, "silence")) }
      return .modified(server.modifiedOn(token, inSeconds: storm.modifiedInSeconds))
    }
  }

  private func inspect(_ token: Int, _ standing: Standing) -> RollEvent {
    if fault(profile.inspectFails) {
      return .notInspected(
        dice.pick([APIFailure(.refused, "forbidden", httpStatus: 403), APIFailure(.unknown, "silence")]))
    }
    let modified = storm.tellsModified ? server.modifiedOn(token, inSeconds: storm.modifiedInSeconds) : nil
    return .inspected(modifiedOn: modified, old: standing)
  }

  /// How `secret` stands as that of `token`.
  private func standing(of secret: Int, _ token: Int) -> Standing {
    if now < verifyOutUntil || fault(profile.verifyFails) { return .unknown("silence") }
    if let owner = server.accepts(secret, at: now, propagation: storm.propagation, dice: &dice) {
      return owner == token ? .inForce(status: "active") : .otherToken(id: "\(owner)")
    }
    // Refused by an edge that had not heard of it yet: no machine can know better.
    let slot = server.tokens[token].slot
    if secret == server.tokens[token].secret, drivers[slot]?.machine.phase == .uncertain {
      isExcused[slot] = true
    }
    return .refused("invalid")
  }

  func commit(_ put: Int) {
    let item = server.puts[put]
    guard item.secret == nil, item.commitAt == now else { return }
    let former = item.token.map { server.tokens[$0].secret }
    let token = item.token ?? server.create(of: item.slot, by: item.roll, at: now)
    if item.creates {
      server.puts[put].token = token
      living[item.slot].append(token)
    } else {
      _ = server.roll(token, at: now, isForeign: false)
    }
    server.puts[put].secret = server.tokens[token].secret
    totals.rolls += 1
    trace(
      "entry \(item.slot): roll \(item.roll) takes effect, token \(token), secret \(server.tokens[token].secret)"
    )
    if item.isOver || underWay[item.slot] != put { totals.late += 1 }
    let outcome = disk.history[item.roll]
    // A driver that is gone has closed its roll, even where the history could not be written.
    let isDropped =
      outcome == nil && isUp && drivers[item.slot] == nil && !takenForLost.contains(item.roll)
    if item.creates { return judgeCreation(item.roll, item.slot, isRefused: outcome == .notRolled) }
    if let former { judgeRoll(item.roll, of: item.slot, former) }
    guard outcome == .didNotHappen || outcome == .notRolled || isDropped else { return }
    if storm.isVeryLate {
      // Later than `settle_time` says: only a later roll, which is watched for longer, can find it out.
      if server.lastThatMayCommit(token)?.roll == item.roll { server.tokens[token].isForeign = true }
      return
    }
    fail("entry \(item.slot): roll \(item.roll) took effect after it was recorded as not having taken place")
  }
}
