/// When an entry is rolled.
public struct Schedule: Sendable, Hashable {
  /// What sets the times.
  public enum Cadence: Sendable, Hashable {
    /// `every`: each whole multiple of the span after the entry was first seen; 1 s to 10 years.
    case every(TimeSpan)
    /// `calendar`: systemd's OnCalendar language (systemd.time(7)).
    case calendar(CalendarExpression)
  }

  /// When a new entry is rolled for the first time.
  public enum First: String, Sendable, CaseIterable {
    /// As soon as it is seen.
    case now
    /// At the first time of the schedule after it was first seen.
    case scheduled
  }

  /// What sets the times.
  public var cadence: Cadence
  /// `jitter`: the entry's own fixed offset lies in `0..<jitter`.
  public var jitter: TimeSpan
  /// `catch_up`: whether a time missed while the service was not running is made good.
  public var catchUp: Bool
  /// `first`.
  public var first: First
  /// `not_during`: windows in which nothing but the cure of an uncertain roll is sent.
  public var notDuring: [CalendarExpression]

  /// A schedule; the defaults are those of the configuration.
  public init(
    _ cadence: Cadence, jitter: TimeSpan = .zero, catchUp: Bool = true, first: First = .scheduled,
    notDuring: [CalendarExpression] = []
  ) {
    self.cadence = cadence
    self.jitter = jitter
    self.catchUp = catchUp
    self.first = first
    self.notDuring = notDuring
  }
}
