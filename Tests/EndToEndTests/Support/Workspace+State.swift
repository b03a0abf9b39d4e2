import TestSupport

/// The state of a service that does not run, by sqlite3(1).
extension Workspace {
  /// Whether there is the program.
  static let canReadState = (try? TestProcess.run("sqlite3", ["-version"]))?.status == 0

  /// The file of the state database.
  var stateDatabase: String { "\(state)/rolls.db" }

  /// What the state answers to `statement`, as text.
  @discardableResult
  func askState(_ statement: String) throws -> String {
    let result = try TestProcess.run("sqlite3", [stateDatabase, statement])
    guard result.status == 0 else { throw TestFailure("sqlite3: \(result.errorText)") }
    return result.outputText
  }
}
