/// A unit of time spans as systemd knows it (systemd.time(7)): its length, and the names that it is written with.
struct TimeUnit {
  let microseconds: Int64
  /// How systemd prints the unit.
  let symbol: StaticString
  /// Every accepted spelling, `symbol` among them.
  let names: [StaticString]

  /// From the longest to the shortest; a month has 30.44 days, a year 365.25.
  static let all: [TimeUnit] = [
    TimeUnit(microseconds: 31_557_600_000_000, symbol: "y", names: ["years", "year", "y"]),
    TimeUnit(microseconds: 2_629_800_000_000, symbol: "month", names: ["months", "month", "M"]),
    TimeUnit(microseconds: 604_800_000_000, symbol: "w", names: ["weeks", "week", "w"]),
    TimeUnit(microseconds: 86_400_000_000, symbol: "d", names: ["days", "day", "d"]),
    TimeUnit(microseconds: 3_600_000_000, symbol: "h", names: ["hours", "hour", "hr", "h"]),
    TimeUnit(microseconds: 60_000_000, symbol: "min", names: ["minutes", "minute", "min", "m"]),
    TimeUnit(microseconds: 1_000_000, symbol: "s", names: ["seconds", "second", "sec", "s"]),
    TimeUnit(microseconds: 1_000, symbol: "ms", names: ["msec", "ms"]),
    TimeUnit(microseconds: 1, symbol: "us", names: ["usec", "us", "\u{B5}s", "\u{3BC}s"]),
  ]
}
