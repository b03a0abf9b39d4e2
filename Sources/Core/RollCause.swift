/// Why a roll was begun; kept in the history.
public enum RollCause: String, Sendable, CaseIterable {
  /// It was due.
  case schedule
  /// An operator asked for it.
  case request
  /// The secret in force is lost or refused, and consumers are down until there is a new one.
  case cure
  /// What was published is not as it should be any more, and the entry's `on_drift` wants it rolled.
  case drift

  /// Whether a roll for this cause keeps out of the windows of `not_during`.
  public var heedsWindows: Bool { self == .schedule || self == .drift }
}
