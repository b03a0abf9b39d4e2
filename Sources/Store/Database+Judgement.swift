internal import Glibc

/// Whether a file is a state database that this version, on this machine, can use; nothing is changed in it.
extension Database {
  /// Whether the file has no tables yet; throws where it is another program's, a later version's, or was replaced.
  func isNew(in directory: String) throws(StoreError) -> Bool {
    let application = try integer("PRAGMA application_id")
    let version = try integer("PRAGMA user_version")
    let isNew = try integer("SELECT count(*) FROM sqlite_schema") == 0
    // The escrow is made after the first transaction: where it is, there was a database with tables.
    if isNew, access(Escrow.path(in: directory), F_OK) == 0 {
      throw StoreError(
        .corrupt,
        "the state database \(path) is empty, but the state directory has been in use; restore the database, or "
          + "move it and the directory away as the operations manual says under \"Recovery\"")
    }
    guard isNew || (application == Schema.applicationID && version > 0) else {
      throw StoreError(.corrupt, "\(path) is not a state database of tokenroll; move it away")
    }
    guard version <= Schema.version else {
      throw StoreError(
        .newer,
        "the state database \(path) was written by a later version (format \(version), this version knows "
          + "\(Schema.version)); install that version again")
    }
    return isNew
  }

  /// Throws where the file is damaged.
  func judgeContent() throws(StoreError) {
    let check = try text("PRAGMA quick_check(1)")
    guard check == "ok" else {
      throw StoreError(
        .corrupt,
        "the state database \(path) is damaged (\(check)); nothing was changed in it: restore it, or move "
          + "it away as the operations manual says under \"Recovery\"")
    }
  }

  /// Throws where the state is not that of the machine `machineID`.
  func judgeMachine(_ machineID: String) throws(StoreError) {
    guard try text("SELECT id FROM machine") != machineID else { return }
    throw StoreError(
      .foreign,
      "the state in \(path) belongs to another machine; two services with one state would roll each "
        + "other's tokens away. If that machine no longer runs tokenroll, run `tokenroll adopt-state`")
  }
}
