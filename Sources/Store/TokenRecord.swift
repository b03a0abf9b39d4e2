public import Core

/// What is kept of a token over restarts.
public struct TokenRecord: Sendable, Equatable {
  /// The row, by which everything else of the token is kept.
  public var row: Int64
  /// The account that the token belongs to.
  public var accountID: String
  /// The token.
  public var tokenID: String
  /// When the token first stood in a configuration of this service.
  public var firstSeen: Timestamp
  /// When the last intent was recorded.
  public var lastAttempt: Timestamp?
  /// When the last roll took place that was published.
  public var lastSuccess: Timestamp?
  /// The last time of the schedule that was passed over on purpose.
  public var lastSkip: Timestamp?
  /// By what the secret that the last roll published and verified is recognised.
  public var fingerprint: Fingerprint?
  /// Until when an earlier request of uncertain outcome may still take effect.
  public var doubtUntil: Timestamp?
  /// Attempts in a row that came to nothing.
  public var failures: Int
}
