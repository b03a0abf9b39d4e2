internal import Configuration
internal import Store

/// What is in the place of tokens that were replaced, as far as the state can be read.
struct ReplacedTokens {
  private var current: [[String]: String] = [:]

  init(stateDirectory: String) {
    guard RollHistory.exists(in: stateDirectory), let history = try? RollHistory(directory: stateDirectory),
      let records = try? history.tokens()
    else { return }
    for record in records {
      guard let enrolled = record.enrolledID else { continue }
      current[[record.accountID, enrolled]] = record.tokenID
    }
  }

  /// The entry with the token that is in force.
  func resolve(_ entry: Entry) -> Entry {
    var entry = entry
    entry.tokenID = current[[entry.accountID, entry.tokenID]] ?? entry.tokenID
    return entry
  }
}
