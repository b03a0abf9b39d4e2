internal import Core

extension RollStore {
  /// How long a creation without an answer may still take effect, with much to spare.
  static let lookingTime = TimeSpan.days(1)

  /// The tokens that are to be deleted or looked for; not what a roll in hand creates.
  public func deletions() throws(StoreError) -> [Deletion] { try database.deletions() }

  /// Keeps what has become of a deletion: when it is tried again, why the last try failed, and the token where it was found.
  public func keep(_ deletion: Deletion) throws(StoreError) {
    try database.prepare(
      "UPDATE deletions SET token_id = ?, due = ?, until = ?, failures = ?, failing_since = ?, trouble = ? WHERE id = ?"
    ).run(
      .text(deletion.tokenID), .integer(deletion.due.microseconds), .integer(deletion.until?.microseconds),
      .integer(Int64(deletion.failures)), .integer(deletion.trouble?.since.microseconds),
      .text(deletion.trouble?.reason), .integer(deletion.id))
  }

  /// Forgets a deletion: the token is gone, or there is none.
  public func forget(_ deletion: Deletion) throws(StoreError) {
    try database.prepare("DELETE FROM deletions WHERE id = ?").run(.integer(deletion.id))
  }
}

// MARK: - The names of tokens

extension RollStore {
  /// The configuration names the token of `row` that is in force: the row is found by it from now on, whatever replaces it.
  public func nameByCurrent(_ row: Int64) throws(StoreError) {
    try database.prepare(
      "UPDATE OR IGNORE tokens SET token_id = current_id, current_id = NULL WHERE row = ? AND current_id IS NOT NULL"
    ).run(.integer(row))
  }
}

// MARK: - With a change of the roll, in its transaction

extension RollStore {
  /// The request of `roll` may create a token.
  func expectCreation(by roll: RollID, of row: Int64, entry: String, credential: String) throws(StoreError) {
    try database.prepare("INSERT INTO deletions (token, roll_id, entry, credential) VALUES (?, ?, ?, ?)").run(
      .integer(row), .text(roll.description), .text(entry), .text(credential))
  }

  /// The request of the roll in hand has created nothing.
  func dropCreation(of row: Int64) throws(StoreError) {
    try database.prepare("DELETE FROM deletions WHERE token = ? AND due IS NULL").run(.integer(row))
  }

  /// Whether the request of the roll in hand has created a token, or will, is not known: it is looked for.
  func abandonCreation(of row: Int64, at now: Timestamp) throws(StoreError) {
    try abandonedCreation.run(
      .integer(now.microseconds), .integer((now + Self.lookingTime).microseconds), .integer(row))
  }

  /// Of the old token and the new one, one is in force from now on and the other to be deleted.
  func take(_ replacement: Replacement, of row: Int64) throws(StoreError) {
    if let current = replacement.currentID {
      try database.prepare("UPDATE tokens SET current_id = ? WHERE row = ?").run(
        .text(current), .integer(row))
    }
    try database.prepare("UPDATE deletions SET token_id = ?, due = ? WHERE token = ? AND due IS NULL").run(
      .text(replacement.surplusID), .integer(replacement.due.microseconds), .integer(row))
  }
}

extension Database {
  /// `keepsTrouble`: whether the file has got that far (`Schema`).
  func deletions(keepsTrouble: Bool = true) throws(StoreError) -> [Deletion] {
    var deletions: [Deletion] = []
    try prepare(
      "SELECT id, token, account_id, deletions.token_id, roll_id, entry, credential, due, until, deletions.failures, "
        + (keepsTrouble ? "failing_since, trouble " : "NULL, NULL ")
        + "FROM deletions JOIN tokens ON tokens.row = deletions.token WHERE due IS NOT NULL ORDER BY due"
    ).rows { (row) throws(StoreError) in
      guard let roll = RollID(row.text(4)) else {
        throw StoreError(
          .corrupt,
          "the state database \(path) holds a deletion that cannot be read (\(row.text(4)))")
      }
      deletions.append(
        Deletion(
          id: row.integer(0), token: row.integer(1), accountID: row.text(2), tokenID: row.optionalText(3),
          roll: roll, entry: row.text(5), credential: row.text(6),
          due: Timestamp(microseconds: row.integer(7)), until: row.timestamp(8),
          failures: Int(row.integer(9)),
          trouble: row.timestamp(10).map { Deletion.Trouble(since: $0, reason: row.text(11)) }))
    }
    return deletions
  }
}
