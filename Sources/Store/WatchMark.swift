public import Core

/// When a token's secret and files were looked at last.
public struct WatchMark: Sendable, Equatable {
  /// When the last look came to an end.
  public var lookedAt: Timestamp
  /// When the API accepted the published secret last; nil where it never did so in a look.
  public var verifiedAt: Timestamp?

  /// A mark of these parts.
  public init(lookedAt: Timestamp, verifiedAt: Timestamp? = nil) {
    self.lookedAt = lookedAt
    self.verifiedAt = verifiedAt
  }
}
