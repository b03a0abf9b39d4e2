public import Core

/// One roll that ended, as the history keeps it.
public struct HistoryRecord: Sendable, Equatable {
  /// Its identity.
  public var rollID: RollID
  /// The entry's name at the time.
  public var entry: String
  /// The account that the token belongs to.
  public var accountID: String
  /// The token.
  public var tokenID: String
  /// Why it was begun.
  public var cause: RollCause
  /// How it ended.
  public var outcome: RollOutcome
  /// When its intent was recorded.
  public var startedAt: Timestamp
  /// When it ended.
  public var endedAt: Timestamp
  /// From the request to the publication: at most so long the consumers had a dead secret.
  public var outage: TimeSpan?
  /// What else is to be said, and how the programs ended that were run for it.
  public var detail: String?

  /// A record of these parts.
  public init(
    rollID: RollID, entry: String, accountID: String, tokenID: String, cause: RollCause, outcome: RollOutcome,
    startedAt: Timestamp, endedAt: Timestamp, outage: TimeSpan? = nil, detail: String? = nil
  ) {
    self.rollID = rollID
    self.entry = entry
    self.accountID = accountID
    self.tokenID = tokenID
    self.cause = cause
    self.outcome = outcome
    self.startedAt = startedAt
    self.endedAt = endedAt
    self.outage = outage
    self.detail = detail
  }
}
