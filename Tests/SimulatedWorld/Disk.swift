internal import Core

/// What outlives the process: the state database, the escrow and the destinations.
struct Disk {
  /// What the database keeps of a token.
  struct Record {
    var firstSeen: Timestamp
    var lastSuccess: Timestamp?
    var fingerprint: Int?
    var doubtUntil: Timestamp?
    var failures = 0
  }

  /// The open roll of a token, with the secret that its fingerprint stands for.
  struct Open {
    var roll: UnsettledRoll
    var old: Int?
  }

  struct Escrow {
    let roll: RollID
    let slot: Int
    let secret: Int
  }

  var records: [Record] = []
  var open: [Open?] = []
  var history: [RollID: RollOutcome] = [:]
  var escrow: [Escrow] = []
  /// By slot and destination; 0 is no secret.
  var destinations: [[Int]] = []

  func escrowed(_ roll: RollID) -> Int? { escrow.first { $0.roll == roll }?.secret }

  func isPublished(_ secret: Int, of slot: Int) -> Bool { destinations[slot].allSatisfy { $0 == secret } }

  /// Closes the open roll of `slot`, as `RollStore` does within each of its transactions.
  mutating func close(_ slot: Int, _ outcome: RollOutcome) {
    guard let open = open[slot], open.roll.stage == .intended else { return }
    history[open.roll.id] = outcome
  }
}
