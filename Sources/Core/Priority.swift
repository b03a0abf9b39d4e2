/// The importance of an event, with the numbers of syslog(3): the lower, the graver.
public enum Priority: UInt8, Sendable, Comparable, CaseIterable {
  case critical = 2
  case error = 3
  case warning = 4
  case notice = 5
  case info = 6
  case debug = 7

  /// True where `lhs` is the graver.
  public static func < (lhs: Priority, rhs: Priority) -> Bool { lhs.rawValue < rhs.rawValue }
}
