/// A length of time in whole microseconds, as systemd counts it (systemd.time(7)).
public struct TimeSpan: Hashable, Comparable, Sendable {
  /// The length in microseconds; negative where it points backwards.
  public var microseconds: Int64

  /// A span of `microseconds`.
  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// No time at all.
  public static let zero = TimeSpan(microseconds: 0)

  /// A span of whole milliseconds.
  public static func milliseconds(_ count: Int64) -> TimeSpan { TimeSpan(microseconds: count * 1_000) }

  /// A span of whole seconds.
  public static func seconds(_ count: Int64) -> TimeSpan { TimeSpan(microseconds: count * 1_000_000) }

  /// A span of minutes of 60 seconds.
  public static func minutes(_ count: Int64) -> TimeSpan { .seconds(count * 60) }

  /// A span of hours of 3,600 seconds.
  public static func hours(_ count: Int64) -> TimeSpan { .seconds(count * 3_600) }

  /// A span of days of 24 hours.
  public static func days(_ count: Int64) -> TimeSpan { .seconds(count * 86_400) }

  /// True where `lhs` is the shorter span.
  public static func < (lhs: TimeSpan, rhs: TimeSpan) -> Bool { lhs.microseconds < rhs.microseconds }

  /// The sum; saturates at the ends of the range.
  public static func + (lhs: TimeSpan, rhs: TimeSpan) -> TimeSpan {
    TimeSpan(microseconds: saturatingSum(lhs.microseconds, rhs.microseconds))
  }

  /// The difference; saturates at the ends of the range.
  public static func - (lhs: TimeSpan, rhs: TimeSpan) -> TimeSpan {
    Timestamp(microseconds: lhs.microseconds) - Timestamp(microseconds: rhs.microseconds)
  }
}
