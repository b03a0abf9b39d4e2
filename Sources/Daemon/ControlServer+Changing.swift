internal import Core
internal import JSON
internal import Platform
internal import Store

// MARK: - Methods that change something

extension ControlServer {
  func roll(_ exchange: ControlExchange) throws(ControlError) {
    try exchange.call.allow("entries", "all")
    let (names, isAll) = (try exchange.call.texts("entries").uniqued, try exchange.call.flag("all"))
    guard names.isEmpty == isAll else { throw .invalidParameter("entries") }
    guard !rotator.isStopping else { throw .stopping }
    guard rotator.isClockTrusted else { throw .clockDoubted(rotator.clockDoubt ?? "no reason is known") }
    let accepted = isAll ? rotator.requestable : names
    do throws(Rotator.Refusal) {
      try rotator.check(accepted)
    } catch {
      throw answer(error)
    }
    for name in accepted { note("A roll was asked for", exchange, name) }
    let isFollowed = exchange.call.wantsMore && !accepted.isEmpty
    exchange.reply(continues: isFollowed) { writer in
      writer.member("accepted", accepted)
      writer.member("progress", nil as String?)
    }
    // Before anything happens, so that no step is missed.
    if isFollowed, exchange.isOpen { followers.append((exchange, Set(accepted))) }
    rotator.request(accepted)
  }

  /// Hands a step of a roll to those who follow it.
  func tell(_ progress: RollProgress) {
    // A reply can cut a client off, and with it a follower: they are told when the list is done with.
    var told: [(exchange: ControlExchange, isLast: Bool)] = []
    for index in followers.indices where followers[index].entries.contains(progress.entry) {
      if progress.result != nil { followers[index].entries.remove(progress.entry) }
      told.append((followers[index].exchange, followers[index].entries.isEmpty))
    }
    followers.removeAll { $0.entries.isEmpty }
    for (exchange, isLast) in told {
      exchange.reply(continues: !isLast) { writer in
        writer.member("accepted", nil as String?)
        writer.key("progress")
        writer.write(progress)
      }
    }
  }

  func retry(_ exchange: ControlExchange) throws(ControlError) {
    try exchange.call.allow("entries")
    let names = try exchange.call.texts("entries").uniqued
    guard !rotator.isStopping else { throw .stopping }
    let retries: Rotator.Retries
    do throws(Rotator.Refusal) {
      retries = try rotator.retry(names)
    } catch {
      throw answer(error)
    }
    for name in retries.retried { note("Another attempt was asked for", exchange, name) }
    for name in retries.released { note("The end of a hold was asked for", exchange, name) }
    exchange.reply { writer in
      writer.member("retried", retries.retried)
      writer.member("released", retries.released)
      writer.member("proved", retries.proved)
      writer.member("deletions", retries.deletions)
    }
  }

  func runActions(_ exchange: ControlExchange) throws(ControlError) {
    try exchange.call.allow("entry")
    let name = try exchange.call.required("entry")
    guard !rotator.isStopping else { throw .stopping }
    let begun: (units: [String], programs: [String])
    do throws(Rotator.ActionRefusal) {
      begun = try rotator.runActions(name)
    } catch {
      switch error {
      case .refused(let refusal): throw answer(refusal)
      case .failed(let reason): throw .failed(reason)
      }
    }
    note("A run of the actions was asked for", exchange, name)
    exchange.reply { writer in
      writer.member("units", begun.units)
      writer.member("programs", begun.programs)
    }
  }

  func reload(_ exchange: ControlExchange) throws(ControlError) {
    try exchange.call.allow()
    guard !rotator.isStopping else { throw .stopping }
    note("A reload was asked for", exchange, nil)
    let problems = reload()
    exchange.reply { writer in
      writer.member("accepted", problems.isEmpty)
      writer.member("problems", problems)
    }
  }

  func pause(_ exchange: ControlExchange) throws(ControlError) {
    try exchange.call.allow("entry", "reason", "until")
    let (entry, reason) = (try exchange.call.text("entry"), try exchange.call.required("reason"))
    guard !reason.isEmpty, reason.utf8.count <= 1_000 else { throw .invalidParameter("reason") }
    if let entry, rotator.slotsByName[entry] == nil { throw noSuchEntry(entry) }
    let now = services.clock.now
    var until: Timestamp?
    if let text = try exchange.call.text("until") {
      guard let time = try? Timestamp(rfc3339: text), time > now else { throw .invalidParameter("until") }
      until = time
    }
    let pause = Pause(entry: entry, reason: reason, since: now, until: until)
    do throws(StoreError) {
      try rotator.begin(pause)
    } catch {
      throw .failed(error.description)
    }
    note("A pause was asked for", exchange, entry)
    rotator.report(pause)
    exchange.reply()
  }

  func resume(_ exchange: ControlExchange) throws(ControlError) {
    try exchange.call.allow("entry")
    let entry = try exchange.call.text("entry")
    let wasPaused: Bool
    do throws(StoreError) {
      wasPaused = try rotator.endPause(of: entry)
    } catch {
      throw .failed(error.description)
    }
    if wasPaused {
      note("The end of a pause was asked for", exchange, entry)
      var event = Event(.rollingResumed, "The pause of \(entry ?? "all entries") is over.")
      event.entry = entry
      services.log.record(event)
    } else if let entry, rotator.slotsByName[entry] == nil {
      throw noSuchEntry(entry)
    }
    exchange.reply { writer in writer.member("was_paused", wasPaused) }
  }
}

// MARK: - Common

extension ControlServer {
  /// Leaves a trace of who asked for what.
  private func note(_ what: String, _ exchange: ControlExchange, _ entry: String?) {
    let process = exchange.peer.process == 0 ? "" : ", process \(exchange.peer.process)"
    var event = Event(
      .operatorRequest, "\(what) over the control socket (user \(exchange.peer.user)\(process)).")
    event.entry = entry
    services.log.record(event)
  }

  private func answer(_ refusal: Rotator.Refusal) -> ControlError {
    switch refusal {
    case .noSuchEntry(let name): noSuchEntry(name)
    case .disabled(let name): .entryDisabled(name)
    case .paused(let name, let reason): .entryPaused(name, reason: reason)
    case .inHand(let name, let phase): .rollInHand(name, phase: phase.rawValue)
    }
  }
}
