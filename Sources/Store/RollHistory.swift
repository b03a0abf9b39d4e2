internal import Core
internal import Glibc

/// The history, read beside a running service or without one.
public final class RollHistory {
  private let database: Database

  /// Whether there is a state database in `directory`.
  public static func exists(in directory: String) -> Bool {
    access(directory + "/" + RollStore.fileName, F_OK) == 0
  }

  /// Opens the history in the state directory `directory`, to read only.
  public init(directory: String) throws(StoreError) {
    database = try Database(path: directory + "/" + RollStore.fileName, access: .readOnly)
  }

  /// The tokens that were ever seen.
  public func tokens() throws(StoreError) -> [TokenRecord] { try database.tokens() }

  /// The last `limit` rolls, the newest first; of `entry` alone where it is given.
  public func records(entry: String? = nil, limit: Int) throws(StoreError) -> [HistoryRecord] {
    try database.history(entry: entry, limit: limit)
  }
}

extension Database {
  /// The last `limit` rolls, the newest first; of `entry` alone where it is given.
  func history(entry: String?, limit: Int) throws(StoreError) -> [HistoryRecord] {
    let statement = try prepare(
      "SELECT roll_id, entry, account_id, token_id, cause, outcome, started_at, ended_at, outage_usec, detail "
        + "FROM history JOIN tokens ON tokens.row = history.token WHERE ?1 IS NULL OR entry = ?1 "
        + "ORDER BY id DESC LIMIT ?2")
    var records: [HistoryRecord] = []
    try statement.rows(.text(entry), .integer(Int64(limit))) { row in
      guard let id = RollID(row.text(0)), let outcome = RollOutcome(rawValue: row.text(5)) else { return }
      records.append(
        HistoryRecord(
          rollID: id, entry: row.text(1), accountID: row.text(2), tokenID: row.text(3),
          cause: RollCause(rawValue: row.text(4)) ?? .schedule, outcome: outcome,
          startedAt: Timestamp(microseconds: row.integer(6)),
          endedAt: Timestamp(microseconds: row.integer(7)),
          outage: row.optionalInteger(8).map { TimeSpan(microseconds: $0) }, detail: row.optionalText(9)))
    }
    return records
  }
}
