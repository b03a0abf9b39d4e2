/// A time specification in systemd's OnCalendar language (systemd.time(7), "CALENDAR EVENTS").
///
/// The size of one reference; copies share their parts. Equal where the normal forms are equal.
public struct CalendarExpression: Sendable, Hashable, CustomStringConvertible {
  /// The clock by which an expression is read.
  public enum Zone: Sendable, Hashable {
    /// The time zone of the host.
    case local
    /// Coordinated Universal Time.
    case utc
    /// An IANA time zone, or an abbreviation of the local one. That it exists is for the caller to find out.
    case named(String)
  }

  let parts: CalendarParts

  /// The clock by which the expression is read.
  public var zone: Zone { parts.zone }

  /// True where both have the same normal form.
  public static func == (lhs: CalendarExpression, rhs: CalendarExpression) -> Bool {
    lhs.parts === rhs.parts || lhs.parts.equals(rhs.parts)
  }

  /// Feeds the parts of the normal form to `hasher`.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(parts.weekdays)
    hasher.combine(parts.fromMonthEnd)
    hasher.combine(parts.components)
    hasher.combine(parts.zone)
  }
}

/// The shared parts of a calendar expression, in normal form, with masks made from them for speed.
final class CalendarParts: Sendable {
  let zone: CalendarExpression.Zone
  /// Bit 0 is Monday; all seven where no weekday is given.
  let weekdays: UInt8
  /// True where days count from the end of the month: 1 is its last day.
  let fromMonthEnd: Bool
  /// All fields one after the other, in the order of `CalendarField`.
  let components: [CalendarComponent]
  /// Where each field ends in `components`.
  private let ends: (UInt16, UInt16, UInt16, UInt16, UInt16, UInt16)

  let months: UInt16
  /// By day of the month, or, where `fromMonthEnd`, by day from its end.
  let days: UInt32
  let hours: UInt32
  let minutes: UInt64
  /// The whole seconds in which at least one microsecond belongs to the expression.
  let seconds: UInt64

  init(
    zone: CalendarExpression.Zone, weekdays: UInt8, fromMonthEnd: Bool, fields: [[CalendarComponent]]
  ) {
    self.zone = zone
    self.weekdays = weekdays & 0x7F == 0 ? 0x7F : weekdays
    self.fromMonthEnd = fromMonthEnd && !fields[CalendarField.day.rawValue].isEmpty
    components = fields.flatMap { $0 }
    var end: UInt16 = 0
    let ends = fields.map { field in
      end += UInt16(field.count)
      return end
    }
    self.ends = (ends[0], ends[1], ends[2], ends[3], ends[4], ends[5])
    func mask(_ field: CalendarField, _ range: ClosedRange<Int32>) -> UInt64 {
      let all: UInt64 = (2 << UInt64(range.upperBound)) &- (1 << UInt64(range.lowerBound))
      let components = fields[field.rawValue]
      guard !components.isEmpty else { return all }
      guard field == .day, fromMonthEnd else { return components.mask(upTo: range.upperBound) }
      return components.reduce(0) { $0 | $1.maskFromMonthEnd }
    }
    months = UInt16(mask(.month, 1...12))
    days = UInt32(mask(.day, 1...31))
    hours = UInt32(mask(.hour, 0...23))
    minutes = mask(.minute, 0...59)
    seconds = Self.seconds(fields[CalendarField.microsecond.rawValue])
  }

  /// The components of `field`; none for `*`, except that every second is the repetition `0/1 s`.
  subscript(field: CalendarField) -> ArraySlice<CalendarComponent> {
    switch field {
    case .year: components[0..<Int(ends.0)]
    case .month: components[Int(ends.0)..<Int(ends.1)]
    case .day: components[Int(ends.1)..<Int(ends.2)]
    case .hour: components[Int(ends.2)..<Int(ends.3)]
    case .minute: components[Int(ends.3)..<Int(ends.4)]
    case .microsecond: components[Int(ends.4)..<Int(ends.5)]
    }
  }

  func equals(_ other: CalendarParts) -> Bool {
    weekdays == other.weekdays && fromMonthEnd == other.fromMonthEnd && ends == other.ends
      && components == other.components && zone == other.zone
  }

  private static func seconds(_ components: [CalendarComponent]) -> UInt64 {
    var mask: UInt64 = 0
    for second in Int32(0)..<60 {
      let start = second * 1_000_000
      if let next = components.next(from: start), next < start + 1_000_000 { mask |= 1 << UInt64(second) }
    }
    return mask
  }
}

extension CalendarComponent {
  /// The days from the end of the month as bits; a repetition steps towards the end, so from `stop` down to `start`.
  fileprivate var maskFromMonthEnd: UInt64 {
    var mask: UInt64 = 0
    let last = stop < 0 ? (period > 0 ? 1 : start) : start
    var day = stop < 0 ? start : stop
    while day >= last {
      mask |= 1 << UInt64(day)
      guard period > 0 else { break }
      day -= period
    }
    return mask
  }
}
