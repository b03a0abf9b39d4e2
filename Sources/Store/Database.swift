internal import CSQLite

/// A connection to an SQLite file, for one thread at a time.
final class Database {
  let path: String
  private let handle: OpaquePointer
  /// What encloses each change of a transaction of several; nil while none is under way.
  private var savepoint: Savepoint?

  enum Access {
    case readWrite
    case readOnly
    /// To read a file that nobody writes to; no file is made beside it.
    case unchanging
  }

  /// Opens `path`; creates it where it may be written.
  init(path: String, access: Access) throws(StoreError) {
    self.path = path
    let flags =
      switch access {
      case .readWrite: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW
      case .readOnly: SQLITE_OPEN_READONLY
      case .unchanging: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
      }
    let name = access == .unchanging ? "file:\(Self.escaped(path))?immutable=1" : path
    var handle: OpaquePointer?
    let code = sqlite3_open_v2(name, &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
    guard code == SQLITE_OK, let handle else {
      let reason = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
      sqlite3_close_v2(handle)
      throw Database.error(code, reason, path: path, operation: "open")
    }
    self.handle = handle
    // From the first statement on: another program may be bringing the write-ahead log of a crash in just now.
    sqlite3_busy_timeout(handle, 2_000)
  }

  deinit { sqlite3_close_v2(handle) }

  /// The path as it stands in a URI (sqlite.org/uri.html).
  private static func escaped(_ path: String) -> String {
    path.replacing("%", with: "%25").replacing("?", with: "%3f").replacing("#", with: "%23")
  }

  /// Runs statements that have no parameters and whose rows do not matter.
  func execute(_ sql: String) throws(StoreError) {
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw error(code, "write to") }
  }

  func prepare(_ sql: String) throws(StoreError) -> Statement {
    var statement: OpaquePointer?
    let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
    guard code == SQLITE_OK, let statement else { throw error(code, "read") }
    return Statement(statement, in: self)
  }

  /// Runs `body` between BEGIN IMMEDIATE and COMMIT; rolls back where it, or the commit, fails. Within `together`, between the
  /// beginning and the end of a savepoint.
  func transaction<Result>(_ body: () throws(StoreError) -> Result) throws(StoreError) -> Result {
    guard let savepoint else {
      try execute("BEGIN IMMEDIATE")
      return try conclude(body, undo: "ROLLBACK") { () throws(StoreError) in try execute("COMMIT") }
    }
    try savepoint.begin.run()
    return try conclude(body, undo: Savepoint.undo) { () throws(StoreError) in try savepoint.end.run() }
  }

  private func conclude<Result>(
    _ body: () throws(StoreError) -> Result, undo: String, end: () throws(StoreError) -> Void
  ) throws(StoreError) -> Result {
    do {
      let result = try body()
      try end()
      return result
    } catch {
      // Some failures have rolled back already; then there is nothing to roll back and no harm in asking.
      sqlite3_exec(handle, undo, nil, nil, nil)
      throw error
    }
  }

  /// Carries out changes, each a transaction of its own where it is alone, in one transaction; what became of each, in their order.
  ///
  /// One that fails is taken back by itself. Where the transaction as a whole fails, all have failed.
  func together(_ changes: [() throws(StoreError) -> Void]) -> [StoreError?] {
    guard changes.count > 1 else { return changes.map { failure(of: $0) } }
    do throws(StoreError) {
      var failures: [StoreError?] = []
      let savepoint = try Savepoint(in: self)
      try transaction { () throws(StoreError) in
        self.savepoint = savepoint
        defer { self.savepoint = nil }
        for change in changes {
          let failure = failure(of: change)
          // A full disk, for one, takes the whole transaction back (sqlite.org/lang_transaction.html).
          if let failure, sqlite3_get_autocommit(handle) != 0 { throw failure }
          failures.append(failure)
        }
      }
      return failures
    } catch {
      return changes.map { _ in error }
    }
  }

  private func failure(of change: () throws(StoreError) -> Void) -> StoreError? {
    do throws(StoreError) {
      try change()
      return nil
    } catch {
      return error
    }
  }

  /// As `transaction`, for one that changes `rows` rows all over the file: their pages stay in memory until its end.
  func transaction<Result>(
    over rows: Int, _ body: () throws(StoreError) -> Result
  ) throws(StoreError) -> Result {
    let usual = try integer("PRAGMA cache_size")
    // In KiB, for it is negative: half a KiB is more than a row and its places in indices need.
    let wanted = Int64(-rows / 2)
    guard wanted < usual else { return try transaction(body) }
    try execute("PRAGMA cache_size = \(wanted)")
    defer { try? execute("PRAGMA cache_size = \(usual); PRAGMA shrink_memory") }
    return try transaction(body)
  }

  func integer(_ sql: String) throws(StoreError) -> Int64 {
    let statement = try prepare(sql)
    return try statement.step() ? statement.integer(0) : 0
  }

  func text(_ sql: String) throws(StoreError) -> String {
    let statement = try prepare(sql)
    return try statement.step() ? statement.text(0) : ""
  }

  func error(_ code: Int32, _ operation: String) -> StoreError {
    Database.error(code, String(cString: sqlite3_errmsg(handle)), path: path, operation: operation)
  }

  private static func error(_ code: Int32, _ reason: String, path: String, operation: String) -> StoreError {
    switch code & 0xff {
    case SQLITE_CORRUPT, SQLITE_NOTADB:
      return StoreError(
        .corrupt,
        "the state database \(path) is damaged (\(reason)); nothing was changed in it: restore it, or move it away "
          + "as the operations manual says under \"Recovery\"")
    case SQLITE_FULL:
      return StoreError(
        .failed, "cannot \(operation) the state database \(path): the disk is full; free some space")
    default:
      return StoreError(
        .failed, "cannot \(operation) the state database \(path): \(reason) (SQLite code \(code))")
    }
  }
}
