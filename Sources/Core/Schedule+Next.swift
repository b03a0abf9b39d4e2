extension Schedule {
  /// The first time of the schedule after `basis`; nil where there is none any more.
  ///
  /// `every` makes a grid: `firstSeen + offset + k * span`, k = 1, 2, ..., whatever happened at these times. `calendar`
  /// elapses by the clocks that `zones` supplies, and `offset` is added. The windows of `notDuring` are not considered.
  /// `offset` is the entry's own share of `jitter`, in `0..<jitter` (`Jitter.offset`).
  public func next(
    after basis: Timestamp, anchor firstSeen: Timestamp, offset: TimeSpan,
    zones: (CalendarExpression.Zone) -> TimeZoneRules
  ) -> Timestamp? {
    switch cadence {
    case .every(let span):
      return Self.next(after: basis, onGridFrom: firstSeen + offset, every: span)
    case .calendar(let expression):
      return expression.next(after: basis - offset, in: zones(expression.zone)).map { $0 + offset }
    }
  }

  private static func next(
    after basis: Timestamp, onGridFrom origin: Timestamp, every span: TimeSpan
  ) -> Timestamp? {
    guard span > .zero else { return nil }
    let elapsed = basis - origin
    let count = elapsed < .zero ? 1 : elapsed.microseconds / span.microseconds + 1
    let (length, overflow) = count.multipliedReportingOverflow(by: span.microseconds)
    guard !overflow else { return nil }
    let due = origin + TimeSpan(microseconds: length)
    return due > basis ? due : nil
  }

  /// The first instant from `instant` on that lies in no window of `notDuring`; nil where they never end.
  ///
  /// Windows that take turns are followed for 10,000 steps; what is still covered then counts as covered for ever.
  public func firstAllowed(
    from instant: Timestamp, zones: (CalendarExpression.Zone) -> TimeZoneRules
  ) -> Timestamp? {
    var allowed = instant
    for _ in 0..<10_000 {
      var moved = false
      for window in notDuring {
        guard let end = window.end(ofWindowContaining: allowed, in: zones(window.zone)) else { return nil }
        if end != allowed {
          allowed = end
          moved = true
        }
      }
      if !moved { return allowed }
    }
    return nil
  }
}
