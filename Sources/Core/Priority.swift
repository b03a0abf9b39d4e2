/// The importance of an event, with the numbers of syslog(3): the lower, the graver.
public enum Priority: UInt8, Sendable, Comparable, CaseIterable, CustomStringConvertible {
  case critical = 2
  case error = 3
  case warning = 4
  case notice = 5
  case info = 6
  case debug = 7

  /// The name of the case, without asking the runtime for it at each line of the log.
  public var description: String {
    switch self {
    case .critical: "critical"
    case .error: "error"
    case .warning: "warning"
    case .notice: "notice"
    case .info: "info"
    case .debug: "debug"
    }
  }

  /// True where `lhs` is the graver.
  public static func < (lhs: Priority, rhs: Priority) -> Bool { lhs.rawValue < rhs.rawValue }
}
