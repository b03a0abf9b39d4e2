internal import Core

extension RollStore {
  /// All pauses that were not ended, also those whose time is over.
  public func pauses() throws(StoreError) -> [Pause] { try database.pauses() }

  /// Keeps `pause`, in the place of an earlier one of the same entry.
  public func keep(_ pause: Pause) throws(StoreError) {
    // No entry has an empty name: it stands for all.
    try database.prepare("INSERT OR REPLACE INTO pauses (entry, reason, since, until) VALUES (?, ?, ?, ?)")
      .run(
        .text(pause.entry ?? ""), .text(pause.reason), .integer(pause.since.microseconds),
        .integer(pause.until?.microseconds))
  }

  /// Ends the pause of `entry`, or that of all where it is nil.
  public func endPause(of entry: String?) throws(StoreError) {
    try database.prepare("DELETE FROM pauses WHERE entry = ?").run(.text(entry ?? ""))
  }

  /// The last `limit` rolls, the newest first; of `entry` alone where it is given.
  public func history(entry: String?, limit: Int) throws(StoreError) -> [HistoryRecord] {
    try database.history(entry: entry, limit: limit)
  }
}

extension Database {
  /// All pauses that were not ended, also those whose time is over.
  func pauses() throws(StoreError) -> [Pause] {
    var pauses: [Pause] = []
    try prepare("SELECT entry, reason, since, until FROM pauses").rows { row in
      let entry = row.text(0)
      pauses.append(
        Pause(
          entry: entry.isEmpty ? nil : entry, reason: row.text(1),
          since: row.timestamp(2) ?? .init(microseconds: 0),
          until: row.timestamp(3)))
    }
    return pauses
  }
}
