/// Why a roll was begun; kept in the history.
public enum RollCause: String, Sendable, CaseIterable {
  /// It was due.
  case schedule
  /// An operator asked for it.
  case request
  /// The secret in force is lost or refused, and consumers are down until there is a new one.
  case cure
}
