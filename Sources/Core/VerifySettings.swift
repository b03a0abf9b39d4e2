/// How an entry's published secret is verified: `verify` of the configuration.
///
/// An object, so that entries with equal settings share one.
public final class VerifySettings: Sendable, Hashable {
  /// What follows when the published secret or a file is not as it was published.
  public enum DriftReaction: String, Sendable, CaseIterable {
    /// It is told.
    case alert
    /// It is told, and the entry is rolled.
    case roll
  }

  /// `after_roll`: whether a new secret is asked for once it is published; true unless said otherwise.
  public let afterRoll: Bool
  /// `timeout`: how long a new secret may be refused until it counts as refused; nil where that is the API's settle time.
  public let timeout: TimeSpan?
  /// `every`: how often the published secret is asked for and its files are looked at; nil where that is not done.
  public let every: TimeSpan?
  /// `on_drift`: `alert` unless said otherwise.
  public let onDrift: DriftReaction
  /// `expiry_warning`: how long before a token expires that is told; 14 days unless said otherwise.
  public let expiryWarning: TimeSpan

  /// Those of an entry that says nothing.
  public static let standard = VerifySettings()

  /// Settings of these parts.
  public init(
    afterRoll: Bool = true, timeout: TimeSpan? = nil, every: TimeSpan? = nil, onDrift: DriftReaction = .alert,
    expiryWarning: TimeSpan = .days(14)
  ) {
    self.afterRoll = afterRoll
    self.timeout = timeout
    self.every = every
    self.onDrift = onDrift
    self.expiryWarning = expiryWarning
  }

  /// True where every part is equal.
  public static func == (lhs: VerifySettings, rhs: VerifySettings) -> Bool {
    lhs === rhs
      || (lhs.afterRoll == rhs.afterRoll && lhs.timeout == rhs.timeout && lhs.every == rhs.every
        && lhs.onDrift == rhs.onDrift && lhs.expiryWarning == rhs.expiryWarning)
  }

  /// Feeds the parts to `hasher`.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(afterRoll)
    hasher.combine(timeout)
    hasher.combine(every)
    hasher.combine(onDrift)
    hasher.combine(expiryWarning)
  }
}
