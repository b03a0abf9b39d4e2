internal import CSQLite

/// A prepared statement, used over and over.
final class Statement {
  private let handle: OpaquePointer
  private let database: Database

  init(_ handle: OpaquePointer, in database: Database) {
    self.handle = handle
    self.database = database
  }

  deinit { sqlite3_finalize(handle) }

  /// A value for a parameter.
  enum Value {
    case integer(Int64?)
    case text(String?)
    case blob([UInt8]?)
  }

  /// Binds the parameters in order and runs the statement to its end.
  func run(_ values: Value...) throws(StoreError) { try run(values) }

  /// As `run`.
  func run(_ values: [Value]) throws(StoreError) {
    try bind(values)
    defer { sqlite3_reset(handle) }
    while try step() {}
  }

  /// Binds the parameters in order and hands each row to `body`.
  func rows(_ values: Value..., body: (Statement) throws(StoreError) -> Void) throws(StoreError) {
    try bind(values)
    defer { sqlite3_reset(handle) }
    while try step() { try body(self) }
  }

  /// Binds the parameters in order and tells whether there is a row.
  func hasRow(_ values: Value...) throws(StoreError) -> Bool { try hasRow(values) }

  /// As `hasRow`.
  func hasRow(_ values: [Value]) throws(StoreError) -> Bool {
    try bind(values)
    defer { sqlite3_reset(handle) }
    return try step()
  }

  private func bind(_ values: [Value]) throws(StoreError) {
    sqlite3_reset(handle)
    for (index, value) in values.enumerated() {
      let position = Int32(index + 1)
      let code =
        switch value {
        case .integer(let number?): sqlite3_bind_int64(handle, position, number)
        case .text(let text?): sqlite3_bind_text(handle, position, text, -1, tr_sqlite_transient())
        case .blob(let bytes?):
          sqlite3_bind_blob(handle, position, bytes, Int32(bytes.count), tr_sqlite_transient())
        case .integer(nil), .text(nil), .blob(nil): sqlite3_bind_null(handle, position)
        }
      guard code == SQLITE_OK else { throw database.error(code, "write to") }
    }
  }

  /// Advances; true where there is a row.
  func step() throws(StoreError) -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: true
    case SQLITE_DONE: false
    case let code: throw database.error(code, "use")
    }
  }

  func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  func optionalInteger(_ column: Int32) -> Int64? {
    sqlite3_column_type(handle, column) == SQLITE_NULL ? nil : integer(column)
  }

  func text(_ column: Int32) -> String {
    sqlite3_column_text(handle, column).map { String(cString: $0) } ?? ""
  }

  func optionalText(_ column: Int32) -> String? {
    sqlite3_column_type(handle, column) == SQLITE_NULL ? nil : text(column)
  }

  func blob(_ column: Int32) -> [UInt8]? {
    guard let start = sqlite3_column_blob(handle, column) else { return nil }
    return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
  }
}
