public import Core

/// What is kept of a token over restarts.
public struct TokenRecord: Sendable, Equatable {
  /// The row, by which everything else of the token is kept.
  public var row: Int64
  /// The account that the token belongs to.
  public var accountID: String
  /// The token: that which is in force, where the service has replaced it.
  public var tokenID: String
  /// The token that stood in the configuration when it was first seen, where another is in its place now.
  public var enrolledID: String?
  /// When the token first stood in a configuration of this service.
  public var firstSeen: Timestamp
  /// When the last intent was recorded.
  @PackedTimestamp public var lastAttempt: Timestamp?
  /// When the last roll took place whose secret arrived; that of a standby may have been withheld.
  @PackedTimestamp public var lastSuccess: Timestamp?
  /// When it is due next, as it was planned last.
  @PackedTimestamp public var nextDue: Timestamp?
  /// Until when an earlier request of uncertain outcome may still take effect.
  @PackedTimestamp public var doubtUntil: Timestamp?
  /// Attempts in a row that came to nothing.
  public var failures: Int
  /// By what the secret that the last roll published and verified is recognised.
  public var fingerprint: Fingerprint?
  /// Whether an operator has to ask for the next roll, because the API refused the secret of the last one.
  public var isHeld = false

  /// The tokens by which a configuration may name it.
  public var ids: [String] { [tokenID] + (enrolledID.map { [$0] } ?? []) }

  /// The record of a token that was seen for the first time; the rest as given.
  public init(
    row: Int64 = 0, accountID: String, tokenID: String, firstSeen: Timestamp, lastAttempt: Timestamp? = nil,
    lastSuccess: Timestamp? = nil, nextDue: Timestamp? = nil,
    fingerprint: Fingerprint? = nil,
    doubtUntil: Timestamp? = nil, failures: Int = 0
  ) {
    self.row = row
    self.accountID = accountID
    self.tokenID = tokenID
    self.firstSeen = firstSeen
    self.lastAttempt = lastAttempt
    self.lastSuccess = lastSuccess
    self.nextDue = nextDue
    self.fingerprint = fingerprint
    self.doubtUntil = doubtUntil
    self.failures = failures
  }
}
