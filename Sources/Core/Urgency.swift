/// What goes first when not everything can go at once.
public enum Urgency: Int, Sendable, Comparable {
  /// Consumers are down, or may be: uncertain rolls and their cures.
  case cure
  /// A published secret is to be verified.
  case verification
  /// A roll that is due.
  case roll
  /// A secret that was published some time ago is looked at.
  case look

  /// True where `lhs` goes first.
  public static func < (lhs: Urgency, rhs: Urgency) -> Bool { lhs.rawValue < rhs.rawValue }
}
