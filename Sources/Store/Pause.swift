public import Core

/// An operator's wish that no new roll is begun, of one entry or of any.
public struct Pause: Sendable, Equatable {
  /// The entry's name; nil for all.
  public var entry: String?
  /// Why.
  public var reason: String
  /// Since when.
  public var since: Timestamp
  /// Until when; nil where it has no end of its own.
  public var until: Timestamp?

  /// A pause of these parts.
  public init(entry: String?, reason: String, since: Timestamp, until: Timestamp?) {
    self.entry = entry
    self.reason = reason
    self.since = since
    self.until = until
  }

  /// Whether it is in force at `now`.
  public func isInForce(at now: Timestamp) -> Bool { until.map { now < $0 } ?? true }
}
