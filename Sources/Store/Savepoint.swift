/// What encloses a change within a transaction (sqlite.org/lang_savepoint.html), prepared for as many changes as there are.
struct Savepoint {
  let begin: Statement
  let end: Statement

  /// Takes the change back.
  static let undo = "ROLLBACK TO change; RELEASE change"

  init(in database: Database) throws(StoreError) {
    begin = try database.prepare("SAVEPOINT change")
    end = try database.prepare("RELEASE change")
  }
}
