internal import Core

/// What outlives the process: the state database, the escrow and the destinations.
///
/// A row is that of a token when it was enrolled: one for each entry, with the entry's number, and those of the second tokens
/// of pairs after them.
struct Disk {
  /// What the database keeps of a token.
  struct Record {
    let row: Int
    /// The token in force: that of the row, or what replaced it.
    var token: Int
    var firstSeen: Timestamp
    var lastSuccess: Timestamp?
    var fingerprint: Int?
    var doubtUntil: Timestamp?
    var failures = 0

    /// The record, rolled before `time`: a time that says otherwise is that of a clock that was wrong.
    func rolled(before time: Timestamp) -> Record {
      var record = self
      record.lastSuccess = lastSuccess.map { min($0, time - TimeSpan(microseconds: 1)) }
      return record
    }
  }

  /// The open roll of a token, with the secret that its fingerprint stands for.
  struct Open {
    var roll: UnsettledRoll
    var old: Int?
  }

  struct Escrow {
    let roll: RollID
    let row: Int
    let token: Int
    let secret: Int
  }

  /// What a replacement may leave behind; its number is that of its roll, for each roll has one.
  struct Deletion {
    let roll: RollID
    let row: Int
    /// The token; nil where there may be one, which says its roll.
    var token: Int?
    /// When it is to be deleted or looked for; nil while the roll is in hand.
    var due: Timestamp?
    var until: Timestamp?
    var failures = 0
  }

  var records: [Record] = []
  var open: [Open?] = []
  var history: [RollID: RollOutcome] = [:]
  var escrow: [Escrow] = []
  var deletions: [Deletion] = []
  /// By entry and destination; 0 is no secret.
  var destinations: [[Int]] = []

  func escrowed(_ roll: RollID) -> Escrow? { escrow.first { $0.roll == roll } }

  func isPublished(_ secret: Int, of slot: Int) -> Bool { destinations[slot].allSatisfy { $0 == secret } }

  func isExpected(_ roll: RollID) -> Bool { deletions.contains { $0.roll == roll } }

  /// Closes the open roll of `row`, as `RollStore` does within each of its transactions.
  mutating func close(_ row: Int, _ outcome: RollOutcome) {
    guard let open = open[row], open.roll.stage == .intended else { return }
    history[open.roll.id] = outcome
  }

  /// The request of `roll` may create a token.
  mutating func expectCreation(by roll: RollID, of row: Int) {
    deletions.append(Deletion(roll: roll, row: row))
  }

  /// The request of the roll in hand has created nothing.
  mutating func dropCreation(of row: Int) { deletions.removeAll { $0.row == row && $0.due == nil } }

  /// Whether it has is not known.
  mutating func abandonCreation(of row: Int, at now: Timestamp) {
    for index in deletions.indices where deletions[index].row == row && deletions[index].due == nil {
      deletions[index].due = now
      deletions[index].until = now + .days(1)
    }
  }

  /// What the roll in hand leaves over is `token`.
  mutating func owe(_ token: Int, of row: Int, due: Timestamp) {
    for index in deletions.indices where deletions[index].row == row && deletions[index].due == nil {
      deletions[index].token = token
      deletions[index].due = due
    }
  }

  mutating func keep(_ deletion: Deletion) {
    guard let index = deletions.firstIndex(where: { $0.roll == deletion.roll }) else { return }
    deletions[index] = deletion
  }

  mutating func forget(_ roll: RollID) { deletions.removeAll { $0.roll == roll } }
}
