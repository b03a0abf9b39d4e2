import Configuration
import Core
import Testing

/// The forms of `schedule`, and how the one of the defaults is taken over member by member.
@Suite struct ScheduleAcceptanceTests {
  private func schedule(_ own: String, _ defaults: String) throws -> Schedule {
    var parts: [Sample.Part: String] = [.schedule: own]
    if !defaults.isEmpty { parts[.more] = #""defaults": {"schedule": \#(defaults)}"# }
    return try #require(try Sample(parts).decoded().tokens.first).schedule
  }

  private static let everyDay = TimeSpan.days(1)
  private static let tenYears = TimeSpan.seconds(315_576_000)

  @Test(
    arguments: [
      (#"{"every": "1s"}"#, "", Schedule(.every(.seconds(1)))),
      (#"{"every": "10y"}"#, "", Schedule(.every(tenYears))),
      (#"{"every": "12h 30min"}"#, "", Schedule(.every(.minutes(750)))),
      (#"{"every": "1d", "jitter": "0"}"#, "", Schedule(.every(everyDay))),
      (#"{"every": "1d", "jitter": "24h"}"#, "", Schedule(.every(everyDay), jitter: everyDay)),
      (#"{"every": "1d", "catch_up": true}"#, "", Schedule(.every(everyDay))),
      (#"{"every": "1d", "catch_up": false}"#, "", Schedule(.every(everyDay), catchUp: false)),
      (#"{"every": "1d", "first": "now"}"#, "", Schedule(.every(everyDay), first: .now)),
      (#"{"every": "1d", "first": "scheduled"}"#, "", Schedule(.every(everyDay))),
      (#"{"every": "1d", "not_during": []}"#, "", Schedule(.every(everyDay))),
      ("", #"{"every": "1d", "jitter": "1h"}"#, Schedule(.every(everyDay), jitter: .hours(1))),
      ("{}", #"{"every": "1d", "catch_up": false}"#, Schedule(.every(everyDay), catchUp: false)),
      (
        #"{"jitter": "2h"}"#, #"{"every": "1d", "jitter": "1h"}"#,
        Schedule(.every(everyDay), jitter: .hours(2))
      ),
      (
        #"{"every": "1d"}"#, #"{"every": "2d", "jitter": "1h", "first": "now", "catch_up": false}"#,
        Schedule(.every(everyDay), jitter: .hours(1), catchUp: false, first: .now)
      ),
      (
        #"{"first": "scheduled", "catch_up": true}"#, #"{"every": "1d", "first": "now", "catch_up": false}"#,
        Schedule(.every(everyDay))
      ),
      (#"{"every": "1d"}"#, #"{"calendar": "daily"}"#, Schedule(.every(everyDay))),
    ] as [(String, String, Schedule)])
  func scheduleIsDecoded(_ own: String, _ defaults: String, _ expected: Schedule) throws {
    #expect(try schedule(own, defaults) == expected)
  }

  @Test(arguments: ["daily", "Mon 03:00", "*-*-1,15 02:30:00 UTC", "monthly Europe/Berlin", "*-*~1 23:00"])
  func calendarIsDecoded(_ text: String) throws {
    let expected = Schedule(.calendar(try CalendarExpression(parsing: text)), jitter: Self.tenYears)
    #expect(try schedule(#"{"calendar": "\#(text)", "jitter": "10y"}"#, "") == expected)
    #expect(
      try schedule(
        #"{"calendar": "\#(text)"}"#, #"{"every": "10y", "jitter": "10y"}"#)
        == expected)
    #expect(try schedule("", #"{"calendar": "\#(text)", "jitter": "10y"}"#) == expected)
  }

  @Test(arguments: [
    "Mon..Fri 08..17:*:*", "*:*:00..59", "Sat,Sun *:*:*", "*-12-24..31 *:*:* UTC", "08:00:* Europe/Berlin",
  ])
  func windowIsDecoded(_ text: String) throws {
    let window = try CalendarExpression(parsing: text)
    let expected = Schedule(.every(.days(1)), notDuring: [window])
    #expect(try schedule(#"{"every": "1d", "not_during": ["\#(text)"]}"#, "") == expected)
    #expect(try schedule("", #"{"every": "1d", "not_during": ["\#(text)"]}"#) == expected)
    #expect(
      try schedule(#"{"not_during": []}"#, #"{"every": "1d", "not_during": ["\#(text)"]}"#)
        == Schedule(.every(.days(1))))
  }
}
