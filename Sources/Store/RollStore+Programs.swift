public import Core

extension RollStore {
  /// The programs that are owed: those that were not run to their end, and those that failed.
  public func programs() throws(StoreError) -> [ProgramPlan.Item] {
    var items: [ProgramPlan.Item] = []
    try database.prepare(
      "SELECT program, occasion, token, entry, roll_id, reason, failures, trouble, is_failed FROM programs ORDER BY id"
    ).rows { (row) throws(StoreError) in
      let roll = row.optionalText(4)
      guard let occasion = ProgramOccasion(rawValue: row.text(1)), roll.map({ RollID($0) != nil }) ?? true
      else {
        throw StoreError(
          .corrupt, "the state database \(database.path) holds a program that cannot be read (\(row.text(1)))"
        )
      }
      let debt = ProgramDebt(
        program: row.text(0), occasion: occasion, token: row.integer(2), entry: row.text(3),
        roll: roll.flatMap { RollID($0) }, reason: row.optionalText(5))
      items.append(
        ProgramPlan.Item(
          debt: debt, failures: Int(row.integer(6)), trouble: row.optionalText(7),
          isFailed: row.integer(8) != 0))
    }
    return items
  }

  /// Keeps debts in one transaction, each in the place of an earlier one of its token, occasion and program.
  ///
  /// Returns those that are owed by that: a program that was run for its roll, or is owed for it already, is not owed again.
  public func keep(_ debts: [ProgramDebt]) throws(StoreError) -> [ProgramDebt] {
    try database.transaction { () throws(StoreError) in try insert(debts) }
  }

  /// Notes how the program of `debt` ended, in words, and when; one that failed stays, with `trouble`.
  public func end(
    _ debt: ProgramDebt, _ result: String, trouble: String?, at now: Timestamp
  ) throws(StoreError) {
    let place = Self.place(debt)
    try database.transaction { () throws(StoreError) in
      if debt.occasion == .published, let roll = debt.roll {
        try database.prepare(
          "INSERT OR REPLACE INTO program_runs (roll_id, program, token, ended_at, result) VALUES (?, ?, ?, ?, ?)"
        ).run(
          .text(roll.description), .text(debt.program), .integer(debt.token), .integer(now.microseconds),
          .text(result))
      }
      if let trouble {
        try database.prepare(
          "UPDATE programs SET is_failed = 1, failures = failures + 1, trouble = ?5 WHERE \(Self.ofDebt)"
        ).run(place + [.text(trouble)])
      } else {
        try database.prepare("DELETE FROM programs WHERE \(Self.ofDebt)").run(place)
      }
    }
  }

  /// Has the programs of a token that failed owed again.
  public func retryPrograms(of token: Int64) throws(StoreError) {
    try database.prepare("UPDATE programs SET is_failed = 0 WHERE token = ?").run(.integer(token))
  }

  /// Forgets debts in one transaction; one that a later roll has replaced stays.
  public func forget(_ debts: [ProgramDebt]) throws(StoreError) {
    let statement = try database.prepare("DELETE FROM programs WHERE \(Self.ofDebt)")
    try database.transaction { () throws(StoreError) in
      for debt in debts { try statement.run(Self.place(debt)) }
    }
  }

  private static let ofDebt = "token = ?1 AND occasion = ?2 AND program = ?3 AND roll_id IS ?4"

  private static func place(_ debt: ProgramDebt) -> [Statement.Value] {
    [
      .integer(debt.token), .text(debt.occasion.rawValue), .text(debt.program),
      .text(debt.roll?.description),
    ]
  }

  private func insert(_ debts: [ProgramDebt]) throws(StoreError) -> [ProgramDebt] {
    let ran = try database.prepare("SELECT 1 FROM program_runs WHERE roll_id = ? AND program = ?")
    let owed = try database.prepare("SELECT 1 FROM programs WHERE \(Self.ofDebt)")
    let insert = try database.prepare(
      "INSERT INTO programs (token, occasion, program, roll_id, entry, reason) VALUES (?, ?, ?, ?, ?, ?) "
        + "ON CONFLICT (token, occasion, program) DO UPDATE SET "
        + "roll_id = excluded.roll_id, entry = excluded.entry, reason = excluded.reason, is_failed = 0")
    var new: [ProgramDebt] = []
    for debt in debts {
      let place = Self.place(debt)
      if debt.occasion == .published, let roll = debt.roll {
        if try ran.hasRow(.text(roll.description), .text(debt.program)) { continue }
        if try owed.hasRow(place) { continue }
      }
      try insert.run(place + [.text(debt.entry), .text(debt.reason)])
      new.append(debt)
    }
    return new
  }
}

// MARK: - Failing stretches

extension RollStore {
  /// Why entries fail whose operators were told, by the rows of their tokens.
  public func stretches() throws(StoreError) -> [Int64: String] {
    var reasons: [Int64: String] = [:]
    try database.prepare("SELECT token, reason FROM stretches").rows { reasons[$0.integer(0)] = $0.text(1) }
    return reasons
  }

  /// Notes that an entry began to fail, and what is to be run for that, in one transaction; returns what is owed by that.
  public func beginStretch(
    of token: Int64, reason: String, _ debts: [ProgramDebt], at now: Timestamp
  ) throws(StoreError) -> [ProgramDebt] {
    try database.transaction { () throws(StoreError) in
      try database.prepare("INSERT OR REPLACE INTO stretches (token, reason, since) VALUES (?, ?, ?)")
        .run(.integer(token), .text(reason), .integer(now.microseconds))
      return try insert(debts)
    }
  }

  /// Notes that an entry works again, and what is to be run for that, in one transaction; returns what is owed by that.
  public func endStretch(of token: Int64, _ debts: [ProgramDebt]) throws(StoreError) -> [ProgramDebt] {
    try database.transaction { () throws(StoreError) in
      try database.prepare("DELETE FROM stretches WHERE token = ?").run(.integer(token))
      return try insert(debts)
    }
  }
}
