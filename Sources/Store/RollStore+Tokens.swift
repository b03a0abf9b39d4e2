public import Core

extension RollStore {
  /// All tokens that were ever seen.
  public func tokens() throws(StoreError) -> [TokenRecord] {
    try database.tokens()
  }

  /// Takes new tokens in, first seen `now`, in one transaction; returns their records in the same order.
  ///
  /// `due` says of each, by its place, when it is due, where that is known already; `plan` may still say otherwise.
  public func enroll(
    _ tokens: [(accountID: String, tokenID: String)], at now: Timestamp,
    due: (Int) -> Timestamp? = { _ in nil }
  ) throws(StoreError) -> [TokenRecord] {
    try database.transaction(over: tokens.count) { () throws(StoreError) in
      var records: [TokenRecord] = []
      records.reserveCapacity(tokens.count)
      // As SQLite numbers rows by itself.
      let firstRow = try database.integer("SELECT coalesce(max(row), 0) + 1 FROM tokens")
      var insertion: Statement?
      var values: [Statement.Value] = []
      for start in stride(from: 0, to: tokens.count, by: Self.rowsAtOnce) {
        let batch = start..<min(start + Self.rowsAtOnce, tokens.count)
        values.removeAll(keepingCapacity: true)
        for place in batch {
          let record = TokenRecord(
            row: firstRow + Int64(place), accountID: tokens[place].accountID, tokenID: tokens[place].tokenID,
            firstSeen: now, nextDue: due(place))
          values.append(.integer(record.row))
          values.append(.text(record.accountID))
          values.append(.text(record.tokenID))
          values.append(.integer(now.microseconds))
          values.append(.integer(record.nextDue?.microseconds))
          records.append(record)
        }
        // All but the last are of the same size.
        let statement =
          if let insertion, batch.count == Self.rowsAtOnce { insertion } else {
            try self.insertion(of: batch.count)
          }
        try statement.run(values)
        insertion = statement
      }
      return records
    }
  }

  /// Tokens that are enrolled with one statement: a row takes half as long as with one of its own (Benchmarks/many.py).
  static let rowsAtOnce = 64

  private func insertion(of rows: Int) throws(StoreError) -> Statement {
    let values = repeatElement("(?, ?, ?, ?, ?)", count: rows).joined(separator: ", ")
    return try database.prepare(
      "INSERT INTO tokens (row, account_id, token_id, first_seen, next_due) VALUES \(values)")
  }

  /// Keeps by what a secret in force is recognised that no roll brought. It is of the token in `row`; `former` is that of a pair
  /// whose secret consumers held before, of which none is known any more.
  public func recognise(
    _ fingerprint: Fingerprint, token row: Int64, insteadOf former: Int64? = nil
  ) throws(StoreError) {
    try database.transaction { () throws(StoreError) in
      if let former { try recognised.run(.blob(nil), .integer(former)) }
      try recognised.run(.blob(fingerprint.bytes), .integer(row))
    }
  }

  /// Ends the hold of a token, which is rolled by itself again.
  public func release(token row: Int64) throws(StoreError) { try release.run(.integer(row)) }

  /// Keeps when tokens are due next, for those who read the database; the service itself computes it anew at start.
  public func plan(_ dues: [(row: Int64, due: Timestamp?)]) throws(StoreError) {
    try database.transaction(over: dues.count) { () throws(StoreError) in
      for due in dues { try planned.run(.integer(due.due?.microseconds), .integer(due.row)) }
    }
  }
}

extension Statement {
  func timestamp(_ column: Int32) -> Timestamp? {
    optionalInteger(column).map { Timestamp(microseconds: $0) }
  }
}

extension Database {
  /// All tokens that were ever seen.
  func tokens() throws(StoreError) -> [TokenRecord] {
    var records: [TokenRecord] = []
    let held = try heldTokens()
    try prepare(
      "SELECT row, account_id, token_id, first_seen, last_attempt, last_success, next_due, fingerprint, doubt_until, "
        + "failures, current_id FROM tokens"
    ).rows { row in
      var record = TokenRecord(
        row: row.integer(0), accountID: row.text(1), tokenID: row.text(2),
        firstSeen: Timestamp(microseconds: row.integer(3)), lastAttempt: row.timestamp(4),
        lastSuccess: row.timestamp(5),
        nextDue: row.timestamp(6), fingerprint: row.blob(7).flatMap { Fingerprint(bytes: $0) },
        doubtUntil: row.timestamp(8), failures: Int(row.integer(9)))
      if let current = row.optionalText(10) {
        (record.tokenID, record.enrolledID) = (current, record.tokenID)
      }
      record.isHeld = held.contains(record.row)
      records.append(record)
    }
    return records
  }

  /// The rows of the tokens that are held; none in a file of a version that had no holds, which only reading meets.
  private func heldTokens() throws(StoreError) -> Set<Int64> {
    guard try integer("SELECT count(*) FROM sqlite_schema WHERE name = 'holds'") > 0 else { return [] }
    var held: Set<Int64> = []
    try prepare("SELECT token FROM holds").rows { held.insert($0.integer(0)) }
    return held
  }
}
