/// The durable state: tokens, intents and history, in one SQLite file (`rolls.db` of the state directory).
///
/// Every change is a transaction with synchronous=FULL: when a method returns, the change has reached the disk. Not
/// `Sendable`: it belongs to the rotation queue.
public final class RollStore {
  let database: Database
  let insertIntent: Statement
  let selectIntent: Statement
  let deleteIntent: Statement
  let markLost: Statement
  let insertHistory: Statement
  let pruneHistory: Statement
  let pruneRuns: Statement
  let attempted: Statement
  let withdrawn: Statement
  let succeeded: Statement
  let planned: Statement
  let hold: Statement
  let release: Statement
  let recognised: Statement
  let abandonedCreation: Statement
  let rolledBefore: Statement

  /// The name of the file in the state directory.
  public static let fileName = "rolls.db"

  /// Opens or creates the state in `directory` for the machine `machineID` (32 hexadecimal digits).
  ///
  /// Throws `StoreError`: `foreign` where the state belongs to another machine and `adopt` is false, `newer`, `corrupt`,
  /// or `failed`. A file that is refused is left as it is.
  public init(directory: String, machineID: String, adopt: Bool = false) throws(StoreError) {
    database = try Database(path: directory + "/" + Self.fileName, access: .readWrite)
    try Self.prepare(database, in: directory, machineID: machineID, adopt: adopt)
    insertIntent = try database.prepare(
      "INSERT OR REPLACE INTO intents (token, roll_id, entry, cause, stage, started_at, old_fingerprint, modified_on, "
        + "needs_confirmation, is_replacement) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    selectIntent = try database.prepare(
      "SELECT roll_id, entry, cause, started_at FROM intents WHERE token = ? AND stage = 'intended'")
    deleteIntent = try database.prepare("DELETE FROM intents WHERE token = ?")
    markLost = try database.prepare("UPDATE intents SET stage = 'lost' WHERE token = ?")
    insertHistory = try database.prepare(
      "INSERT INTO history (token, roll_id, entry, cause, outcome, started_at, ended_at, outage_usec, detail) "
        + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
    pruneHistory = try database.prepare(
      "DELETE FROM history WHERE token = ?1 AND id <= "
        + "(SELECT id FROM history WHERE token = ?1 ORDER BY id DESC LIMIT 1 OFFSET \(Self.historyPerToken))")
    pruneRuns = try database.prepare(
      "DELETE FROM program_runs WHERE token = ?1 AND roll_id NOT IN (SELECT roll_id FROM history WHERE token = ?1)"
    )
    attempted = try database.prepare("UPDATE tokens SET last_attempt = ? WHERE row = ?")
    withdrawn = try database.prepare("UPDATE tokens SET failures = ?, doubt_until = ? WHERE row = ?")
    succeeded = try database.prepare(
      "UPDATE tokens SET last_success = ?, fingerprint = ?, failures = ?, doubt_until = ?, next_due = ? WHERE row = ?"
    )
    planned = try database.prepare("UPDATE tokens SET next_due = ? WHERE row = ?")
    hold = try database.prepare("INSERT OR REPLACE INTO holds (token, since) VALUES (?, ?)")
    release = try database.prepare("DELETE FROM holds WHERE token = ?")
    recognised = try database.prepare("UPDATE tokens SET fingerprint = ? WHERE row = ?")
    abandonedCreation = try database.prepare(
      "UPDATE deletions SET due = ?, until = ? WHERE token = ? AND due IS NULL")
    rolledBefore = try database.prepare("UPDATE tokens SET last_success = ? WHERE row = ?")
  }

  /// The rolls that are kept for each token; older ones are dropped.
  static let historyPerToken = 500

  private static func prepare(
    _ database: Database, in directory: String, machineID: String, adopt: Bool
  ) throws(StoreError) {
    let isNew = try database.isNew(in: directory)
    // Small caches: the working set is a few rows, and the service is to stay small.
    try database.execute(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -256; PRAGMA foreign_keys = ON; "
        + "PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 256")
    if isNew {
      try database.transaction { () throws(StoreError) in
        try take(Schema.steps[...], in: database)
        try database.execute("PRAGMA application_id = \(Schema.applicationID)")
        try database.prepare("INSERT INTO machine (id) VALUES (?)").run(.text(machineID))
      }
      return
    }
    try database.judgeContent()
    let isForeign = try Self.isForeign(database, machineID, adopt: adopt)
    let missing = Schema.steps.dropFirst(Int(try database.integer("PRAGMA user_version")))
    guard isForeign || !missing.isEmpty else { return }
    try database.transaction { () throws(StoreError) in
      if isForeign { try database.prepare("UPDATE machine SET id = ?").run(.text(machineID)) }
      try take(missing, in: database)
    }
  }

  /// Whether the state was another machine's, which is refused but for its adoption.
  private static func isForeign(
    _ database: Database, _ machineID: String, adopt: Bool
  ) throws(StoreError) -> Bool {
    do throws(StoreError) {
      try database.judgeMachine(machineID)
      return false
    } catch {
      guard adopt, error.kind == .foreign else { throw error }
      return true
    }
  }

  /// Takes steps of the schema, within a transaction: a file is of one version or of the other.
  private static func take(_ steps: ArraySlice<String>, in database: Database) throws(StoreError) {
    for step in steps { try database.execute(step) }
    try database.execute("PRAGMA user_version = \(Schema.version)")
  }
}
