/// How an entry's published secret is verified: `verify` of the configuration.
///
/// An object, so that entries with equal settings share one.
public final class VerifySettings: Sendable, Hashable {
  /// `after_roll`: whether a new secret is asked for once it is published; true unless said otherwise.
  public let afterRoll: Bool
  /// `timeout`: how long a new secret may be refused until it counts as refused; nil where that is the API's settle time.
  public let timeout: TimeSpan?

  /// Those of an entry that says nothing.
  public static let standard = VerifySettings()

  /// Settings of these parts.
  public init(afterRoll: Bool = true, timeout: TimeSpan? = nil) {
    self.afterRoll = afterRoll
    self.timeout = timeout
  }

  /// True where every part is equal.
  public static func == (lhs: VerifySettings, rhs: VerifySettings) -> Bool {
    lhs === rhs || (lhs.afterRoll == rhs.afterRoll && lhs.timeout == rhs.timeout)
  }

  /// Feeds the parts to `hasher`.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(afterRoll)
    hasher.combine(timeout)
  }
}
