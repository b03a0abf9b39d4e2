public import Core

extension RollStore {
  /// The reloads that have not been seen to succeed.
  public func reloadDebts() throws(StoreError) -> [ReloadDebt] {
    var debts: [ReloadDebt] = []
    try database.prepare("SELECT unit, token, entry, roll_id FROM reloads ORDER BY unit, token").rows {
      (row) throws(StoreError) in
      guard let roll = RollID(row.text(3)) else {
        throw StoreError(
          .corrupt, "the state database \(database.path) holds a reload that cannot be read (\(row.text(3)))")
      }
      debts.append(ReloadDebt(unit: row.text(0), token: row.integer(1), entry: row.text(2), roll: roll))
    }
    return debts
  }

  /// Keeps debts in one transaction, each in the place of an earlier one of its token and unit.
  public func keep(_ debts: [ReloadDebt]) throws(StoreError) {
    let statement = try database.prepare(
      "INSERT OR REPLACE INTO reloads (token, unit, entry, roll_id) VALUES (?, ?, ?, ?)")
    try database.transaction { () throws(StoreError) in
      for debt in debts {
        try statement.run(
          .integer(debt.token), .text(debt.unit), .text(debt.entry), .text(debt.roll.description))
      }
    }
  }

  /// Forgets debts in one transaction; one that a later roll has replaced stays.
  public func forget(_ debts: [ReloadDebt]) throws(StoreError) {
    let statement = try database.prepare("DELETE FROM reloads WHERE token = ? AND unit = ? AND roll_id = ?")
    try database.transaction { () throws(StoreError) in
      for debt in debts {
        try statement.run(.integer(debt.token), .text(debt.unit), .text(debt.roll.description))
      }
    }
  }
}
