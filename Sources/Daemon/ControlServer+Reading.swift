internal import Configuration
internal import Core
internal import JSON
internal import Platform
internal import Store

// MARK: - Methods that change nothing

extension ControlServer {
  /// Entries in one portion: a few milliseconds of the rotation queue.
  private static let portion = 128
  /// The most entries in a single answer.
  private static let mostAtOnce = 512

  func status(_ exchange: ControlExchange) throws(ControlError) {
    try exchange.call.allow()
    guard exchange.call.wantsMore || rotator.slots.count <= Self.mostAtOnce else { throw .replyTooLong }
    let tally = ControlTally(rotator)
    guard exchange.call.wantsMore else { return reply(exchange, tally, rotator.slots.indices, isLast: true) }
    var next = 0
    exchange.onDrained = { [weak self, weak exchange] in
      guard let self, let exchange else { return }
      // A reload between two portions may have changed the number.
      let count = rotator.slots.count
      let portion = min(next, count)..<min(next + Self.portion, count)
      next = portion.upperBound
      reply(exchange, tally, portion, isLast: next == count)
    }
    exchange.onDrained?()
  }

  private func reply(_ exchange: ControlExchange, _ tally: ControlTally, _ slots: Range<Int>, isLast: Bool) {
    let summary = rotator.summary
    let unready = services.readiness.count
    let clockError = services.readiness.clockError
    exchange.reply(continues: !isLast) { writer in
      writer.member("version", Version.current)
      writer.member("started_at", startedAt)
      writer.member(
        "healthy", tally.areAllHealthy && unready == 0 && (rotator.clockDoubt ?? clockError) == nil)
      writer.key("counts")
      writer.beginObject()
      writer.member("entries", summary.entries)
      writer.member("rolling", summary.rolling)
      writer.member("failing", tally.failing)
      writer.member("uncertain", tally.uncertain)
      writer.member("unpublished", tally.unpublished)
      writer.member("unreloaded", tally.unreloaded)
      writer.member("failed_programs", tally.failedPrograms)
      writer.member("unready", unready)
      writer.member("paused", tally.paused)
      writer.member("held", tally.held)
      writer.member("drifted", tally.drifted)
      writer.member("ending", tally.ending)
      writer.member("undeleted", tally.undeleted)
      writer.endObject()
      writer.key("next")
      if let next = summary.next {
        writer.beginObject()
        writer.member("entry", next.name)
        // What an operator asked for is due since ever.
        writer.member("due", next.time.microseconds == .min ? services.clock.now : next.time)
        writer.endObject()
      } else {
        writer.null()
      }
      writer.member("clock_doubt", rotator.clockDoubt)
      writer.member("clock_error", clockError)
      writer.member("pause", rotator.pausesInForce.first { $0.entry == nil })
      writeCredentials(&writer)
      writer.member("deletions", rotator.orphanedDeletions)
      writer.key("entries")
      writer.beginArray()
      for slot in slots { writer.write(rotator.state(slot)) }
      writer.endArray()
    }
  }

  private func writeCredentials(_ writer: inout JSONWriter) {
    writer.key("credentials")
    writer.beginArray()
    let succession = services.succession
    for name in Set(succession.providers.keys).union(succession.standing.keys).sorted() {
      writer.beginObject()
      writer.member("name", name)
      writer.member("provided_by", succession.providers[name])
      writer.member("rolling", services.gate.isHeldBack(name))
      let standing = succession.standing[name]
      writer.member("path", standing?.path)
      writer.member("since", standing?.since)
      writer.endObject()
    }
    writer.endArray()
  }

  func entry(_ exchange: ControlExchange) throws(ControlError) {
    try exchange.call.allow("name")
    let name = try exchange.call.required("name")
    guard let slot = rotator.slotsByName[name] else { throw noSuchEntry(name) }
    exchange.reply { writer in
      writer.key("entry")
      writer.write(rotator.state(slot))
    }
  }

  func noSuchEntry(_ name: String) -> ControlError {
    .noSuchEntry(name, nearest: Spelling.nearest(to: name, of: services.configuration.tokens.map(\.name)))
  }

  func history(_ exchange: ControlExchange) throws(ControlError) {
    try exchange.call.allow("entry", "limit")
    let (entry, limit) = (try exchange.call.text("entry"), try exchange.call.number("limit", 1...1_000) ?? 20)
    let records: [HistoryRecord]
    do throws(StoreError) {
      records = try services.store.history(entry: entry, limit: limit)
    } catch {
      throw .failed(error.description)
    }
    exchange.reply { writer in
      writer.key("rolls")
      writer.beginArray()
      for record in records { writer.write(record) }
      writer.endArray()
    }
  }

  func watch(_ exchange: ControlExchange) throws(ControlError) {
    try exchange.call.allow()
    guard exchange.call.wantsMore else { throw .expectedMore }
    exchange.reply(continues: true) { writer in writer.member("event", nil as String?) }
    guard exchange.isOpen else { return }
    watchers.append(exchange)
    feed.watcher = { [weak self] event in self?.tell(event) }
  }

  private func tell(_ event: Event) {
    let now = services.clock.now
    for watcher in watchers {
      watcher.reply(continues: true) { writer in
        writer.key("event")
        writer.write(event, at: now)
      }
    }
  }

  func metrics(_ exchange: ControlExchange) throws(ControlError) {
    try exchange.call.allow()
    let now = services.clock.bootTime
    if metricsText == nil || now - metricsAt >= .seconds(1) {
      metricsText = gather().text(.openMetrics)
      metricsAt = now
    }
    let text = metricsText
    exchange.reply { writer in writer.member("text", text) }
  }
}
