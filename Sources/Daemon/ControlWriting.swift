internal import Core
internal import JSON
internal import Store

// MARK: - Values of the interface as JSON

extension JSONWriter {
  mutating func member(_ name: String, _ text: String?) {
    key(name)
    if let text { value(text) } else { null() }
  }

  mutating func member(_ name: String, _ number: (some FixedWidthInteger)?) {
    key(name)
    if let number { value(number) } else { null() }
  }

  mutating func member(_ name: String, _ flag: Bool) {
    key(name)
    value(flag)
  }

  mutating func member(_ name: String, _ time: Timestamp?) { member(name, time?.rfc3339) }

  mutating func member(_ name: String, _ texts: [String]) {
    key(name)
    beginArray()
    for text in texts { value(text) }
    endArray()
  }

  mutating func member(_ name: String, _ pause: Pause?) {
    key(name)
    guard let pause else { return null() }
    beginObject()
    member("reason", pause.reason)
    member("since", pause.since)
    member("until", pause.until)
    endObject()
  }

  mutating func write(_ entry: EntryState) {
    beginObject()
    member("name", entry.name)
    member("account_id", entry.accountID)
    member("token_id", entry.tokenID)
    member("standby_token_id", entry.standbyID)
    member("credential", entry.credential)
    member("provides", entry.provides)
    member("state", entry.summary.rawValue)
    member("healthy", entry.isHealthy)
    member("phase", entry.phase.rawValue)
    member("roll_id", entry.rollID?.description)
    member("cause", entry.cause?.rawValue)
    member("failures", entry.failures)
    member("trouble", entry.trouble)
    member("last_attempt", entry.lastAttempt)
    member("last_success", entry.lastSuccess)
    member("next_due", entry.nextDue)
    member("next_attempt", entry.nextAttempt)
    member("destinations", entry.destinations)
    key("unreloaded")
    beginArray()
    for unit in entry.unreloaded { write(unit) }
    endArray()
    key("programs")
    beginArray()
    for item in entry.programs { write(item) }
    endArray()
    member("pause", entry.pause)
    member("hold", entry.hold)
    member("verified_at", entry.verifiedAt)
    member("drift", entry.drift)
    member("deletions", entry.deletions)
    member("unready", entry.unready)
    member("advice", entry.advice)
    endObject()
  }

  mutating func member(_ name: String, _ deletions: [Deletion]) {
    key(name)
    beginArray()
    for deletion in deletions {
      beginObject()
      member("entry", deletion.entry)
      member("token_id", deletion.tokenID)
      member("due", deletion.due)
      member("trouble", deletion.trouble?.reason)
      member("failing_since", deletion.trouble?.since)
      endObject()
    }
    endArray()
  }

  private mutating func write(_ unit: EntryState.Unreloaded) {
    beginObject()
    member("unit", unit.unit)
    member("failures", unit.failures)
    member("trouble", unit.trouble)
    member("next_attempt", unit.nextAttempt)
    endObject()
  }

  private mutating func write(_ item: ProgramPlan.Item) {
    beginObject()
    member("program", item.debt.program)
    member("occasion", item.debt.occasion.rawValue)
    member("state", item.stage.rawValue)
    member("failures", item.failures)
    member("trouble", item.trouble)
    endObject()
  }

  mutating func write(_ record: HistoryRecord) {
    beginObject()
    member("roll_id", record.rollID.description)
    member("entry", record.entry)
    member("account_id", record.accountID)
    member("token_id", record.tokenID)
    member("cause", record.cause.rawValue)
    member("outcome", record.outcome.rawValue)
    member("started_at", record.startedAt)
    member("ended_at", record.endedAt)
    member("outage_usec", record.outage?.microseconds)
    member("detail", record.detail)
    endObject()
  }

  mutating func write(_ progress: RollProgress) {
    beginObject()
    member("entry", progress.entry)
    member("phase", progress.phase.rawValue)
    member("roll_id", progress.rollID?.description)
    member("trouble", progress.trouble)
    member("next_attempt", progress.nextAttempt)
    member("result", progress.result?.rawValue)
    endObject()
  }

  mutating func write(_ event: Event, at time: Timestamp) {
    beginObject()
    member("time", time.rfc3339(microseconds: true))
    member("event", event.kind.rawValue)
    member("message_id", event.kind.messageID)
    member("priority", Optional(event.kind.priority.rawValue))
    member("message", event.message)
    member("entry", event.entry)
    member("roll_id", event.rollID)
    member("phase", event.phase)
    member("http_status", event.httpStatus)
    member("api_code", event.apiCode)
    member("attempt", event.attempt)
    member("duration_usec", event.duration?.microseconds)
    member("unit", event.unit)
    member("program", event.program)
    member("exit_status", event.exitStatus)
    endObject()
  }
}
