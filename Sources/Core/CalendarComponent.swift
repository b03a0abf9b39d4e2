/// One element of a field of a calendar expression: a value, a range, or a repetition, as `10`, `10..20`, `10..20/5`, `10/5`.
struct CalendarComponent: Hashable, Comparable, Sendable {
  var start: Int32
  /// The end of a range; -1 where there is none.
  var stop: Int32 = -1
  /// The distance of repetitions; 0 for a single value.
  var period: Int32 = 0

  static func < (lhs: CalendarComponent, rhs: CalendarComponent) -> Bool {
    (lhs.start, lhs.stop, lhs.period) < (rhs.start, rhs.stop, rhs.period)
  }

  /// The smallest value from `value` on; nil where none is left. An open repetition goes on without end.
  func next(from value: Int32) -> Int32? {
    guard value > start else { return start }
    guard period > 0 else { return nil }
    let next = start + (value - start + period - 1) / period * period
    return stop < 0 || next <= stop ? next : nil
  }

  /// The range cut to the last value that a repetition reaches; a range of one value becomes that value.
  var normalized: CalendarComponent {
    var result = self
    if stop > start, period > 0 { result.stop -= (stop - start) % period }
    if result.start == result.stop { result = CalendarComponent(start: start) }
    return result
  }
}

/// The fields of a calendar expression that are written as lists of components.
enum CalendarField: Int, CaseIterable, Sendable {
  case year, month, day, hour, minute, microsecond

  /// The values that may be written. Days counted from the end of a month stop at 28, which every month has.
  func range(fromMonthEnd: Bool) -> ClosedRange<Int32> {
    switch self {
    case .year: 1970...2199
    case .month: 1...12
    case .day: fromMonthEnd ? 1...28 : 1...31
    case .hour: 0...23
    case .minute: 0...59
    case .microsecond: 0...59_999_999
    }
  }

  /// What one value is called in an error text.
  var name: String {
    switch self {
    case .year: "a year"
    case .month: "a month"
    case .day: "a day"
    case .hour: "an hour"
    case .minute: "a minute"
    case .microsecond: "a second"
    }
  }
}

extension [CalendarComponent] {
  /// Sorted, each normalized, none twice: the order in which systemd prints them.
  var normalized: [CalendarComponent] {
    guard count > 1 else { return map(\.normalized) }
    var result: [CalendarComponent] = []
    for component in map(\.normalized).sorted() where component != result.last { result.append(component) }
    return result
  }
}

extension Sequence<CalendarComponent> {
  /// The smallest value from `value` on that any of the components has.
  func next(from value: Int32) -> Int32? {
    var result: Int32?
    for component in self {
      if let next = component.next(from: value), next < result ?? .max { result = next }
    }
    return result
  }

  /// The values up to `limit`, at most 63, as the bits of a mask.
  func mask(upTo limit: Int32) -> UInt64 {
    var mask: UInt64 = 0
    for component in self {
      var value: Int32? = component.start
      while let current = value, current <= limit {
        mask |= 1 << UInt64(current)
        value = component.next(from: current + 1)
      }
    }
    return mask
  }
}
