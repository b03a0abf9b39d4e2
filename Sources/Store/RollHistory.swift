public import Core
internal import Glibc

/// The history, read beside a running service or without one.
public final class RollHistory {
  private let database: Database

  /// Whether there is a state database in `directory`.
  public static func exists(in directory: String) -> Bool {
    access(directory + "/" + RollStore.fileName, F_OK) == 0
  }

  /// Opens the history in the state directory `directory`, to read only.
  public convenience init(directory: String) throws(StoreError) {
    try self.init(directory: directory, isAtRest: false)
  }

  /// Judges the state in `directory` as the service does at its start, and changes nothing; a service may be at work.
  ///
  /// Throws `StoreError`: `foreign` where it is not the state of the machine `machineID`, `newer`, `corrupt` or `failed`.
  public static func examine(directory: String, machineID: String) throws(StoreError) -> RollHistory {
    let history = try RollHistory(directory: directory, isAtRest: !isInUse(in: directory))
    guard try !history.database.isNew(in: directory) else { return history }
    try history.database.judgeContent()
    try history.database.judgeMachine(machineID)
    return history
  }

  private init(directory: String, isAtRest: Bool) throws(StoreError) {
    database = try Database(
      path: directory + "/" + RollStore.fileName, access: isAtRest ? .unchanging : .readOnly)
  }

  /// Whether there is a log beside the database: that of a service at work, or of one that was broken off.
  private static func isInUse(in directory: String) -> Bool {
    access(directory + "/" + RollStore.fileName + "-wal", F_OK) == 0
  }

  /// The tokens that were ever seen.
  public func tokens() throws(StoreError) -> [TokenRecord] { try database.tokens() }

  /// The tokens that replacements have left behind, and that are to be deleted.
  public func deletions() throws(StoreError) -> [Deletion] {
    // A file that an earlier version has written is not brought forward by reading it.
    let version = try database.integer("PRAGMA user_version")
    guard version >= Schema.firstWithDeletions else { return [] }
    return try database.deletions(keepsTrouble: version >= Schema.firstWithTrouble)
  }

  /// All pauses that were not ended, also those whose time is over.
  public func pauses() throws(StoreError) -> [Pause] { try database.pauses() }

  /// The last `limit` rolls, the newest first; of those alone that are of `entry`, ended at `since` or later, and with
  /// `outcome`, each where it is given.
  public func records(
    entry: String? = nil, since: Timestamp? = nil, outcome: RollOutcome? = nil, limit: Int
  ) throws(StoreError) -> [HistoryRecord] {
    try database.history(entry: entry, since: since, outcome: outcome, limit: limit)
  }
}

extension Statement {
  /// The texts of two columns, those that are there.
  fileprivate func joinedText(_ columns: Int32...) -> String? {
    let texts = columns.compactMap { optionalText($0) }
    return texts.isEmpty ? nil : texts.joined(separator: "; ")
  }
}

extension Database {
  func history(
    entry: String?, since: Timestamp? = nil, outcome: RollOutcome? = nil, limit: Int
  ) throws(StoreError) -> [HistoryRecord] {
    // A service of an earlier version may be at work on the file, which had no programs.
    let hasPrograms = try integer("SELECT count(*) FROM sqlite_schema WHERE name = 'program_runs'") > 0
    let runs =
      "SELECT group_concat(program || ': ' || result, '; ') FROM program_runs WHERE roll_id = history.roll_id"
    let statement = try prepare(
      "SELECT roll_id, entry, account_id, token_id, cause, outcome, started_at, ended_at, outage_usec, detail, "
        + "\(hasPrograms ? "(\(runs))" : "NULL") FROM history JOIN tokens ON tokens.row = history.token "
        + "WHERE (?1 IS NULL OR entry = ?1) AND (?2 IS NULL OR ended_at >= ?2) AND (?3 IS NULL OR outcome = ?3) "
        + "ORDER BY id DESC LIMIT ?4")
    var records: [HistoryRecord] = []
    try statement.rows(
      .text(entry), .integer(since?.microseconds), .text(outcome?.rawValue), .integer(Int64(limit))
    ) { row in
      guard let id = RollID(row.text(0)), let outcome = RollOutcome(rawValue: row.text(5)) else { return }
      records.append(
        HistoryRecord(
          rollID: id, entry: row.text(1), accountID: row.text(2), tokenID: row.text(3),
          cause: RollCause(rawValue: row.text(4)) ?? .schedule, outcome: outcome,
          startedAt: Timestamp(microseconds: row.integer(6)),
          endedAt: Timestamp(microseconds: row.integer(7)),
          outage: row.optionalInteger(8).map { TimeSpan(microseconds: $0) }, detail: row.joinedText(9, 10)))
    }
    return records
  }
}
