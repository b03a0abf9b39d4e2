public import Core

extension RollStore {
  /// Makes the intent of `roll` durable. Another intent of the token was lost, and goes to the history as such.
  ///
  /// What a replacement may create is kept with it, to be deleted with `credential` where it comes to nothing.
  ///
  /// Returns whether there was one that the history did not have yet.
  @discardableResult
  public func recordIntent(_ roll: UnsettledRoll, token row: Int64, entry: String, credential: String)
    throws(StoreError) -> Bool
  {
    var hasReplaced = false
    try database.transaction { () throws(StoreError) in
      hasReplaced = try closeIntent(of: row, .lost, at: roll.startedAt, outage: nil, detail: nil)
      try abandonCreation(of: row, at: roll.startedAt)
      try insertIntent.run(
        .integer(row), .text(roll.id.description), .text(entry), .text(roll.cause.rawValue),
        .text(roll.stage.rawValue), .integer(roll.startedAt.microseconds), .blob(roll.oldFingerprint?.bytes),
        .integer(roll.modifiedOn?.microseconds), .integer(roll.needsConfirmation ? 1 : 0),
        .integer(roll.isReplacement ? 1 : 0))
      if roll.isReplacement { try expectCreation(by: roll.id, of: row, entry: entry, credential: credential) }
      try attempted.run(.integer(roll.startedAt.microseconds), .integer(row))
    }
    return hasReplaced
  }

  /// Takes the intent back: it goes to the history, and leaves a debt where `owesCure`.
  public func withdraw(
    token row: Int64, _ outcome: RollOutcome, reason: String, owesCure: Bool, failures: Int,
    doubtUntil: Timestamp?, at now: Timestamp
  ) throws(StoreError) {
    try database.transaction { () throws(StoreError) in
      try closeIntent(of: row, outcome, at: now, outage: nil, detail: reason)
      if outcome == .notRolled { try dropCreation(of: row) } else { try abandonCreation(of: row, at: now) }
      if owesCure { try markLost.run(.integer(row)) } else { try deleteIntent.run(.integer(row)) }
      try withdrawn.run(.integer(Int64(failures)), .integer(doubtUntil?.microseconds), .integer(row))
    }
  }

  /// Closes the roll in hand, and holds the token or ends its hold as the outcome demands. `fingerprint` is kept where the
  /// secret is known to be in force; `twin` is the other token of a pair, whose turn is over, with the fingerprint of the
  /// secret by which it was found in force and the time of its last roll, which was before this one.
  public func settle(
    token row: Int64, twin: (row: Int64, fingerprint: Fingerprint?, lastSuccess: Timestamp?)? = nil,
    _ outcome: RollOutcome,
    detail: String?,
    fingerprint: Fingerprint?, rolledAt: Timestamp,
    outage: TimeSpan?, failures: Int, doubtUntil: Timestamp?, nextDue: Timestamp?,
    replacement: Replacement? = nil, at now: Timestamp
  ) throws(StoreError) {
    try database.transaction { () throws(StoreError) in
      try closeIntent(of: row, outcome, at: now, outage: outage, detail: detail)
      try deleteIntent.run(.integer(row))
      try succeeded.run(
        .integer(rolledAt.microseconds), .blob(fingerprint?.bytes), .integer(Int64(failures)),
        .integer(doubtUntil?.microseconds), .integer(nextDue?.microseconds), .integer(row))
      if outcome.holdsEntry {
        try hold.run(.integer(row), .integer(now.microseconds))
      } else {
        try release.run(.integer(row))
      }
      if let twin {
        try planned.run(.integer(nil), .integer(twin.row))
        try recognised.run(.blob(twin.fingerprint?.bytes), .integer(twin.row))
        try rolledBefore.run(.integer(twin.lastSuccess?.microseconds), .integer(twin.row))
        // Consumers have a secret of the other's; what was wrong with theirs is over.
        if [.settled, .unverified].contains(outcome) { try release.run(.integer(twin.row)) }
      }
      if let replacement { try take(replacement, of: row) }
      try pruneHistory.run(.integer(row))
      try pruneRuns.run(.integer(row))
    }
  }

  /// The rolls without settlement, with the row of their token and the name of their entry at the time.
  public func unsettled() throws(StoreError) -> [(row: Int64, entry: String, roll: UnsettledRoll)] {
    var rolls: [(row: Int64, entry: String, roll: UnsettledRoll)] = []
    try database.prepare(
      "SELECT token, entry, roll_id, cause, stage, started_at, old_fingerprint, modified_on, needs_confirmation, "
        + "is_replacement FROM intents"
    ).rows { (row) throws(StoreError) in
      guard let id = RollID(row.text(2)), let stage = UnsettledRoll.Stage(rawValue: row.text(4)) else {
        throw StoreError(
          .corrupt, "the state database \(database.path) holds an intent that cannot be read (\(row.text(2)))"
        )
      }
      var roll = UnsettledRoll(
        id: id, cause: RollCause(rawValue: row.text(3)) ?? .schedule, stage: stage,
        startedAt: Timestamp(microseconds: row.integer(5)),
        oldFingerprint: row.blob(6).flatMap { Fingerprint(bytes: $0) }, modifiedOn: row.timestamp(7),
        needsConfirmation: row.integer(8) != 0)
      roll.isReplacement = row.integer(9) != 0
      rolls.append((row.integer(0), row.text(1), roll))
    }
    return rolls
  }

  /// Whether the history knows how `roll` ended.
  public func isClosed(_ roll: RollID) throws(StoreError) -> Bool {
    let statement = try database.prepare("SELECT 1 FROM history WHERE roll_id = ?")
    var found = false
    try statement.rows(.text(roll.description)) { _ in found = true }
    return found
  }

  /// Moves the roll in hand to the history; false where there is none.
  @discardableResult
  private func closeIntent(
    of row: Int64, _ outcome: RollOutcome, at now: Timestamp, outage: TimeSpan?, detail: String?
  ) throws(StoreError) -> Bool {
    var intent: (id: String, entry: String, cause: String, startedAt: Int64)?
    try selectIntent.rows(.integer(row)) { intent = ($0.text(0), $0.text(1), $0.text(2), $0.integer(3)) }
    guard let intent else { return false }
    try insertHistory.run(
      .integer(row), .text(intent.id), .text(intent.entry), .text(intent.cause), .text(outcome.rawValue),
      .integer(intent.startedAt), .integer(now.microseconds), .integer(outage?.microseconds), .text(detail))
    return true
  }
}
