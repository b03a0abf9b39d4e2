import TestSupport

@testable import Store

extension Database {
  /// The state that `version` of the format has left in `directory`, with one token "a".
  static func former(_ version: Int, in directory: TemporaryDirectory, machine: String) throws -> Database {
    let database = try Database(path: directory.path(RollStore.fileName), access: .readWrite)
    try database.execute(
      Schema.steps.prefix(version).joined() + "PRAGMA application_id = \(Schema.applicationID);"
        + "PRAGMA user_version = \(version); INSERT INTO machine (id) VALUES ('\(machine)');"
        + "INSERT INTO tokens (row, account_id, token_id, first_seen) VALUES (1, 'account', 'a', 7000000)")
    return database
  }
}
