/// The tables of the state database. Times are microseconds since the Unix epoch, UTC.
enum Schema {
  /// PRAGMA application_id: "trol", by which file(1) and we tell the file from any other database.
  static let applicationID: Int64 = 0x7472_6f6c
  /// PRAGMA user_version: how many of the steps the file has taken.
  static var version: Int64 { Int64(steps.count) }

  /// The version that had the table `deletions` first.
  static let firstWithDeletions: Int64 = 6
  /// The version that kept why a deletion fails first.
  static let firstWithTrouble: Int64 = 7

  /// What makes each version from the one before, the first from an empty file. A step that was released never changes.
  static let steps = [first, reloads, holds, programs, watch, replacements, undeleted]

  private static let first = """
    CREATE TABLE machine (
      id TEXT NOT NULL
    );
    CREATE TABLE tokens (
      row INTEGER PRIMARY KEY,
      account_id TEXT NOT NULL,
      token_id TEXT NOT NULL,
      first_seen INTEGER NOT NULL,
      last_attempt INTEGER,
      last_success INTEGER,
      next_due INTEGER,
      fingerprint BLOB,
      doubt_until INTEGER,
      failures INTEGER NOT NULL DEFAULT 0,
      UNIQUE (account_id, token_id)
    );
    CREATE INDEX tokens_next_due ON tokens (next_due);
    CREATE TABLE intents (
      token INTEGER PRIMARY KEY REFERENCES tokens,
      roll_id TEXT NOT NULL UNIQUE,
      entry TEXT NOT NULL,
      cause TEXT NOT NULL,
      stage TEXT NOT NULL,
      started_at INTEGER NOT NULL,
      old_fingerprint BLOB,
      modified_on INTEGER,
      needs_confirmation INTEGER NOT NULL
    );
    CREATE TABLE history (
      id INTEGER PRIMARY KEY,
      token INTEGER NOT NULL REFERENCES tokens,
      roll_id TEXT NOT NULL,
      entry TEXT NOT NULL,
      cause TEXT NOT NULL,
      outcome TEXT NOT NULL,
      started_at INTEGER NOT NULL,
      ended_at INTEGER NOT NULL,
      outage_usec INTEGER,
      detail TEXT
    );
    CREATE TABLE pauses (
      entry TEXT PRIMARY KEY,
      reason TEXT NOT NULL,
      since INTEGER NOT NULL,
      until INTEGER
    ) WITHOUT ROWID;
    CREATE INDEX history_token ON history (token, id);
    CREATE INDEX history_roll ON history (roll_id);
    """

  /// The units that have to be reloaded for a secret that was published.
  private static let reloads = """
    CREATE TABLE reloads (
      token INTEGER NOT NULL REFERENCES tokens,
      unit TEXT NOT NULL,
      entry TEXT NOT NULL,
      roll_id TEXT NOT NULL,
      PRIMARY KEY (token, unit)
    ) WITHOUT ROWID;
    """

  /// The tokens that are not rolled before an operator asks for it.
  private static let holds = """
    CREATE TABLE holds (
      token INTEGER PRIMARY KEY REFERENCES tokens,
      since INTEGER NOT NULL
    );
    """

  /// The programs that have to be run or failed, what became of those that were run for a roll, and the entries that
  /// fail and whose operators were told.
  private static let programs = """
    CREATE TABLE programs (
      id INTEGER PRIMARY KEY,
      token INTEGER NOT NULL REFERENCES tokens,
      occasion TEXT NOT NULL,
      program TEXT NOT NULL,
      roll_id TEXT,
      entry TEXT NOT NULL,
      reason TEXT,
      failures INTEGER NOT NULL DEFAULT 0,
      trouble TEXT,
      is_failed INTEGER NOT NULL DEFAULT 0,
      UNIQUE (token, occasion, program)
    );
    CREATE TABLE program_runs (
      roll_id TEXT NOT NULL,
      program TEXT NOT NULL,
      token INTEGER NOT NULL REFERENCES tokens,
      ended_at INTEGER NOT NULL,
      result TEXT NOT NULL,
      PRIMARY KEY (roll_id, program)
    ) WITHOUT ROWID;
    CREATE INDEX program_runs_token ON program_runs (token);
    CREATE TABLE stretches (
      token INTEGER PRIMARY KEY REFERENCES tokens,
      reason TEXT NOT NULL,
      since INTEGER NOT NULL
    );
    """

  /// When tokens were looked at, what was not as it should be, and when that had them rolled.
  private static let watch = """
    CREATE TABLE looks (
      token INTEGER PRIMARY KEY REFERENCES tokens,
      looked_at INTEGER NOT NULL,
      verified_at INTEGER
    );
    CREATE TABLE drifts (
      token INTEGER NOT NULL REFERENCES tokens,
      kind TEXT NOT NULL,
      file TEXT NOT NULL,
      since INTEGER NOT NULL,
      detail TEXT NOT NULL,
      PRIMARY KEY (token, kind, file)
    ) WITHOUT ROWID;
    CREATE TABLE drift_rolls (
      token INTEGER PRIMARY KEY REFERENCES tokens,
      begun_at INTEGER NOT NULL
    );
    """

  /// The token that is in force in the place of an enrolled one, and the tokens that are to be deleted: `token_id` is null where
  /// it is not known whether the roll created one, `due` while the roll is in hand.
  private static let replacements = """
    ALTER TABLE tokens ADD COLUMN current_id TEXT;
    ALTER TABLE intents ADD COLUMN is_replacement INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE deletions (
      id INTEGER PRIMARY KEY,
      token INTEGER NOT NULL REFERENCES tokens,
      token_id TEXT,
      roll_id TEXT NOT NULL,
      entry TEXT NOT NULL,
      credential TEXT NOT NULL,
      due INTEGER,
      until INTEGER,
      failures INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX deletions_token ON deletions (token);
    """

  /// Since when a deletion fails, and why.
  private static let undeleted = """
    ALTER TABLE deletions ADD COLUMN failing_since INTEGER;
    ALTER TABLE deletions ADD COLUMN trouble TEXT;
    """
}
