public import Core

extension RollStore {
  /// When tokens were looked at last, by row.
  public func looks() throws(StoreError) -> [Int64: WatchMark] {
    var marks: [Int64: WatchMark] = [:]
    try database.prepare("SELECT token, looked_at, verified_at FROM looks").rows { row in
      marks[row.integer(0)] = WatchMark(
        lookedAt: Timestamp(microseconds: row.integer(1)), verifiedAt: row.timestamp(2))
    }
    return marks
  }

  /// The stretches of drift that are not over, by row.
  public func drifts() throws(StoreError) -> [Int64: DriftLog] {
    var stretches: [Int64: [Drift: DriftLog.Stretch]] = [:]
    try database.prepare("SELECT token, kind, file, since, detail FROM drifts").rows { row in
      // A kind of a later version is nothing that this one could say is over.
      guard let kind = Drift.Kind(rawValue: row.text(1)) else { return }
      stretches[row.integer(0), default: [:]][Drift(kind, file: row.text(2))] = DriftLog.Stretch(
        since: Timestamp(microseconds: row.integer(3)), detail: row.text(4))
    }
    return stretches.mapValues { DriftLog($0) }
  }

  /// When tokens were last rolled because of drift, by row.
  public func driftRolls() throws(StoreError) -> [Int64: Timestamp] {
    var rolls: [Int64: Timestamp] = [:]
    try database.prepare("SELECT token, begun_at FROM drift_rolls").rows { row in
      rolls[row.integer(0)] = Timestamp(microseconds: row.integer(1))
    }
    return rolls
  }

  /// Keeps what came of a look, in one transaction: `mark` where there is a new one, what began and what is over, and the
  /// fingerprint of a secret that was taken over, of the token in the row `holder` where that is another.
  public func keepLook(
    token row: Int64, mark: WatchMark?, log: DriftLog, change: DriftLog.Change, fingerprint: Fingerprint?,
    holder: Int64? = nil
  ) throws(StoreError) {
    try database.transaction { () throws(StoreError) in
      if let mark {
        try database.prepare("INSERT OR REPLACE INTO looks (token, looked_at, verified_at) VALUES (?, ?, ?)")
          .run(
            .integer(row), .integer(mark.lookedAt.microseconds), .integer(mark.verifiedAt?.microseconds))
      }
      for drift in change.begun {
        guard let stretch = log.stretches[drift] else { continue }
        try database.prepare(
          "INSERT OR REPLACE INTO drifts (token, kind, file, since, detail) VALUES (?, ?, ?, ?, ?)"
        ).run(
          .integer(row), .text(drift.kind.rawValue), .text(drift.file),
          .integer(stretch.since.microseconds), .text(stretch.detail))
      }
      for (drift, _) in change.over {
        try database.prepare("DELETE FROM drifts WHERE token = ? AND kind = ? AND file = ?")
          .run(.integer(row), .text(drift.kind.rawValue), .text(drift.file))
      }
      if let fingerprint {
        try recognised.run(.blob(fingerprint.bytes), .integer(holder ?? row))
      }
    }
  }

  /// Keeps that no earlier request of the token can take effect any more.
  public func endDoubt(token row: Int64) throws(StoreError) {
    try database.prepare("UPDATE tokens SET doubt_until = NULL WHERE row = ?").run(.integer(row))
  }

  /// Keeps that a roll because of drift was begun.
  public func keepDriftRoll(token row: Int64, at now: Timestamp) throws(StoreError) {
    try database.prepare("INSERT OR REPLACE INTO drift_rolls (token, begun_at) VALUES (?, ?)")
      .run(.integer(row), .integer(now.microseconds))
  }
}
