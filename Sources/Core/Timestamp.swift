/// An instant of wall-clock time: whole microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
public struct Timestamp: Hashable, Comparable, Sendable {
  /// Microseconds since the Unix epoch; negative before it.
  public var microseconds: Int64

  /// The instant `microseconds` after the Unix epoch.
  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// The instant `seconds` after the Unix epoch.
  public init(seconds: Int64) { self.microseconds = seconds &* 1_000_000 }

  /// Whole seconds since the Unix epoch, rounded down.
  public var seconds: Int64 { microseconds.flooredQuotient(1_000_000) }

  /// What `seconds` leaves out, 0 to 999,999.
  var microsecondOfSecond: Int { Int(microseconds &- seconds &* 1_000_000) }

  /// True where `lhs` is the earlier instant.
  public static func < (lhs: Timestamp, rhs: Timestamp) -> Bool { lhs.microseconds < rhs.microseconds }

  /// The instant `span` later; saturates at the ends of the range.
  public static func + (instant: Timestamp, span: TimeSpan) -> Timestamp {
    Timestamp(microseconds: saturatingSum(instant.microseconds, span.microseconds))
  }

  /// The instant `span` earlier; saturates at the ends of the range.
  public static func - (instant: Timestamp, span: TimeSpan) -> Timestamp {
    let (difference, overflow) = instant.microseconds.subtractingReportingOverflow(span.microseconds)
    guard overflow else { return Timestamp(microseconds: difference) }
    return Timestamp(microseconds: span.microseconds > 0 ? .min : .max)
  }

  /// The time from `earlier` to `later`; negative where they are the other way round.
  public static func - (later: Timestamp, earlier: Timestamp) -> TimeSpan {
    let (difference, overflow) = later.microseconds.subtractingReportingOverflow(earlier.microseconds)
    guard overflow else { return TimeSpan(microseconds: difference) }
    return TimeSpan(microseconds: later > earlier ? .max : .min)
  }
}

func saturatingSum(_ a: Int64, _ b: Int64) -> Int64 {
  let (sum, overflow) = a.addingReportingOverflow(b)
  guard overflow else { return sum }
  return b > 0 ? .max : .min
}
