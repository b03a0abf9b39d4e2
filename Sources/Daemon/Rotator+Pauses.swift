internal import Core
internal import Platform
internal import Store

// MARK: - Pauses

extension Rotator {
  /// The pause under which no new roll of `entry` is begun at `now`: its own, or that of all.
  func pause(of entry: String, at now: Timestamp) -> Pause? {
    guard !pauses.isEmpty else { return nil }
    return [pauses[""], pauses[entry]].compactMap { $0 }.first { $0.isInForce(at: now) }
  }

  /// Begins no new roll of `pause.entry`, or of any; what is in hand goes on.
  func begin(_ pause: Pause) throws(StoreError) {
    try services.store.keep(pause)
    pauses[pause.entry ?? ""] = pause
    planAll()
    tick()
  }

  /// Ends a pause; false where there was none.
  func endPause(of entry: String?) throws(StoreError) -> Bool {
    guard let pause = pauses[entry ?? ""] else { return false }
    try services.store.endPause(of: entry)
    pauses[entry ?? ""] = nil
    planAll()
    tick()
    deletions.lookAnew()
    return pause.isInForce(at: services.clock.now)
  }

  /// The pauses that are in force, that of all first.
  var pausesInForce: [Pause] {
    let now = services.clock.now
    return pauses.sorted { $0.key < $1.key }.map(\.value).filter { $0.isInForce(at: now) }
  }

  /// The boot time at which the first of them ends by itself; nil where none does.
  var pauseEndsAt: TimeSpan? {
    let now = services.clock.now
    let end = pausesInForce.compactMap(\.until).min()
    return end.map { services.clock.bootTime + ($0 - now) }
  }

  /// Says that new rolls are not begun, when a pause begins and at every start of the service during it.
  func report(_ pause: Pause) {
    let end = pause.until.map { "until \($0.rfc3339)" } ?? "until `tokenroll resume`"
    let what = pause.entry.map { "No new roll of \($0) is begun" } ?? "No new roll is begun"
    var event = Event(.rollingPaused, "\(what), \(end): paused by an operator (\(pause.reason)).")
    event.entry = pause.entry
    services.log.record(event)
  }

  /// For the status line; nil where nothing is paused.
  var pauseInWords: String? {
    let pauses = pausesInForce
    guard let first = pauses.first else { return nil }
    let name = first.entry ?? "everything"
    return pauses.count == 1 || first.entry == nil ? "\(name) (\(first.reason))" : "\(pauses.count) entries"
  }
}
