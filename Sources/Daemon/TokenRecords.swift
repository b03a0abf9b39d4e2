internal import Core
internal import Store

/// What is kept of the tokens of an entry: one, or the two of an alternating pair.
struct TokenRecords {
  /// That of the token whose secret consumers hold, as far as the store knows.
  var inUse: TokenRecord
  /// In an array, for an empty one is a single word, and most entries have one token.
  private var others: [TokenRecord] = []

  /// Of the two of a pair, the one in use is that whose secret was published last.
  init(_ record: TokenRecord, _ twin: TokenRecord? = nil) {
    inUse = record
    guard let twin else { return }
    let isTwinInUse = Self.isLater(twin, record)
    if isTwinInUse { inUse = twin }
    others = [isTwinInUse ? record : twin]
  }

  /// That of the other token of a pair.
  var standby: TokenRecord? { others.first }

  /// That of the token which is rolled next.
  var next: TokenRecord { standby ?? inUse }

  /// The row under which what is done for the entry is kept; the older one, so that it stays while the two take turns.
  var home: Int64 { min(inUse.row, next.row) }

  /// Whether the entry has two tokens.
  var isPair: Bool { !others.isEmpty }

  /// Attempts in a row that came to nothing.
  var failures: Int { others.isEmpty ? inUse.failures : others[0].failures }

  /// One or both.
  var all: [TokenRecord] { [inUse] + others }

  /// Whether one of the tokens is kept in `row`.
  func has(_ row: Int64) -> Bool { inUse.row == row || standby?.row == row }

  /// When the entry was first seen: by the older of its tokens, so that its grid stays when it becomes a pair.
  var firstSeen: Timestamp { min(inUse.firstSeen, next.firstSeen) }

  /// When the entry was last rolled.
  var lastSuccess: Timestamp? { [inUse.lastSuccess, standby?.lastSuccess].compactMap(\.self).max() }

  /// When a roll of the entry was last attempted.
  var lastAttempt: Timestamp? { [inUse.lastAttempt, standby?.lastAttempt].compactMap(\.self).max() }

  /// Until when an earlier request may still take effect; which token it is of is not asked, for waiting harms nobody.
  var doubtUntil: Timestamp? { [inUse.doubtUntil, standby?.doubtUntil].compactMap(\.self).max() }

  /// Whether an operator has to ask for the next roll.
  var isHeld: Bool { inUse.isHeld || standby?.isHeld ?? false }

  /// An operator has given the entry back to its schedule.
  mutating func release() {
    inUse.isHeld = false
    for index in others.indices { others[index].isHeld = false }
  }

  /// Takes over what has become of one of the tokens.
  mutating func update(_ record: TokenRecord) {
    let twin = all.first { $0.row != record.row }
    guard has(record.row) else { return }
    self = TokenRecords(record, twin)
  }

  /// A secret that was withheld, or replaced by somebody else, has no fingerprint.
  private static func isLater(_ one: TokenRecord, _ other: TokenRecord) -> Bool {
    if (one.fingerprint == nil) != (other.fingerprint == nil) { return one.fingerprint != nil }
    guard let time = one.lastSuccess else { return false }
    return other.lastSuccess.map { $0 < time } ?? true
  }
}

extension TokenRecord {
  /// The record of a token that was rolled before `time`, when the other one of its pair was: a time that says otherwise is that
  /// of a clock that was wrong, and would have the wrong one taken for the one in use.
  func rolled(before time: Timestamp) -> TokenRecord {
    var record = self
    record.lastSuccess = lastSuccess.map { min($0, time - TimeSpan(microseconds: 1)) }
    return record
  }
}
