internal import Core
internal import Store

/// The tokens that are known while slots are arranged: what is kept of each, and which of the slots before has it.
///
/// Those that are asked for in the order in which they were taken in, as a configuration mostly does, are found without a table.
struct KnownTokens {
  struct Token {
    var record: TokenRecord
    /// Nil where no slot has it.
    var slot: Int?
  }

  /// In the order in which they were taken in; of two that are meant by the same id, the first counts.
  private(set) var tokens: [Token] = []
  /// Whether one has taken the place of another, and may be meant by the ids of both.
  private(set) var hasReplaced = false
  /// Whether no two can be meant by the same id.
  private var isUnique = true
  /// The one after that which was found last.
  private var next = 0
  /// Where each is by its ids, as far as that was needed.
  private var places: [TokenIdentity: Int] = [:]
  /// How many are in the table.
  private var listed = 0

  /// None yet, with room for `capacity`.
  init(capacity: Int) { tokens.reserveCapacity(capacity) }

  /// Takes one in that the slot has; `mayRepeat` where another slot may have it too.
  mutating func take(_ record: TokenRecord, slot: Int?, mayRepeat: Bool) {
    isUnique = isUnique && !mayRepeat && record.enrolledID == nil
    hasReplaced = hasReplaced || record.enrolledID != nil
    tokens.append(Token(record: record, slot: slot))
  }

  /// Takes all that the state has in, those too that are known already.
  mutating func take(_ records: [TokenRecord]) {
    let mayRepeat = !tokens.isEmpty
    for record in records { take(record, slot: nil, mayRepeat: mayRepeat) }
  }

  /// Notes that a token is named by its own id from now on.
  mutating func forgetEnrolled(_ place: Int) { tokens[place].record.enrolledID = nil }

  /// Where the token `id` is among `tokens`; nil where it is not known.
  mutating func place(of id: String, in account: String) -> Int? {
    if isUnique, next < tokens.count, tokens[next].record.tokenID == id,
      tokens[next].record.accountID == account
    {
      next += 1
      return next - 1
    }
    list()
    guard let place = places[TokenIdentity(account: account, token: id)] else { return nil }
    next = place + 1
    return place
  }

  private mutating func list() {
    guard listed < tokens.count else { return }
    // A table that grows step by step costs several times its size.
    places.reserveCapacity(tokens.count)
    for place in listed..<tokens.count {
      for id in tokens[place].record.ids {
        let key = TokenIdentity(account: tokens[place].record.accountID, token: id)
        if places[key] == nil { places[key] = place }
      }
    }
    listed = tokens.count
  }
}
