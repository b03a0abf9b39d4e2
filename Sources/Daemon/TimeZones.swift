public import Core
internal import Platform

/// The time zones of the machine.
public enum TimeZones {
  /// Whether the machine knows the zone `name`.
  public static func exists(_ name: String) -> Bool {
    (try? TimeZoneFile.rules(for: .named(name), now: SystemClock().now)) != nil
  }

  /// The rules of `zone`; UTC where the machine cannot say them, as it has no time-zone data at all.
  public static func rules(of zone: CalendarExpression.Zone) -> TimeZoneRules {
    (try? TimeZoneFile.rules(for: zone, now: SystemClock().now)) ?? .utc
  }

  /// `instant` in the zone's own time with its offset, as RFC 3339.
  public static func local(_ instant: Timestamp, in rules: TimeZoneRules) -> String {
    let offset = Int64(rules.offset(at: instant))
    let shifted = Timestamp(microseconds: instant.microseconds + offset * 1_000_000).rfc3339.dropLast()
    let minutes = abs(offset) / 60
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(shifted)\(offset < 0 ? "-" : "+")\(two(minutes / 60)):\(two(minutes % 60))"
  }
}
