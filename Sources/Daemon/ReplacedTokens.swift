internal import Configuration
internal import Store

/// What is in the place of tokens that were replaced, and which of those are still to be deleted, as far as the state can be read.
struct ReplacedTokens {
  private var current: [[String]: String] = [:]
  /// By the token.
  private(set) var deletions: [String: Deletion] = [:]

  init(stateDirectory: String) {
    guard RollHistory.exists(in: stateDirectory), let history = try? RollHistory(directory: stateDirectory),
      let records = try? history.tokens()
    else { return }
    for record in records {
      guard let enrolled = record.enrolledID else { continue }
      current[[record.accountID, enrolled]] = record.tokenID
    }
    for deletion in (try? history.deletions()) ?? [] {
      if let token = deletion.tokenID { deletions[token] = deletion }
    }
  }

  /// The entry with the token that is in force.
  func resolve(_ entry: Entry) -> Entry {
    var entry = entry
    entry.tokenID = current[[entry.accountID, entry.tokenID]] ?? entry.tokenID
    return entry
  }
}
