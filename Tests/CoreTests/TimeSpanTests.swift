import Core
import Testing

@Suite struct TimeSpanTests {
  @Test(
    "reads every unit, fractions and sums",
    arguments: [
      ("1us", 1), ("1usec", 1), ("1\u{B5}s", 1), ("1\u{3BC}s", 1), ("1ms", 1_000), ("1msec", 1_000),
      ("1s", 1_000_000), ("1sec", 1_000_000), ("1second", 1_000_000), ("2seconds", 2_000_000),
      ("1m", 60_000_000), ("1min", 60_000_000), ("1minute", 60_000_000), ("2minutes", 120_000_000),
      ("1h", 3_600_000_000), ("1hr", 3_600_000_000), ("1hour", 3_600_000_000), ("2hours", 7_200_000_000),
      ("1d", 86_400_000_000), ("1day", 86_400_000_000), ("2days", 172_800_000_000),
      ("1w", 604_800_000_000), ("1week", 604_800_000_000), ("2weeks", 1_209_600_000_000),
      ("1M", 2_629_800_000_000), ("1month", 2_629_800_000_000), ("2months", 5_259_600_000_000),
      ("1y", 31_557_600_000_000), ("1year", 31_557_600_000_000), ("2years", 63_115_200_000_000),
      ("1.5h", 5_400_000_000), (".5s", 500_000), ("1.25 min", 75_000_000), ("0.3us", 0), ("0", 0), ("0s", 0),
      ("1h30min", 5_400_000_000), (" 1h \t 30 min ", 5_400_000_000), ("5min 5min", 600_000_000),
      ("9223372036854775807us", Int64.max),
    ])
  func parses(text: String, microseconds: Int64) throws {
    #expect(try TimeSpan(parsing: text).microseconds == microseconds)
  }

  @Test(
    "refuses with the place and the reason",
    arguments: [
      ("", 0, "the text ends where a time span such as \"12h 30min\" was expected"),
      ("   ", 3, "the text ends where a time span such as \"12h 30min\" was expected"),
      ("90", 2, "the number 90 has no unit: write \"90s\" for seconds"),
      ("1h 90", 5, "the number 90 has no unit: write \"90s\" for seconds"),
      ("12 34s", 3, "the number 12 has no unit: write \"12s\" for seconds"),
      ("-5s", 0, "found \"-\": a time span cannot be negative"),
      ("1h -5s", 3, "found \"-\": a time span cannot be negative"),
      ("+5s", 0, "found \"+\" where a number was expected"),
      ("infinity", 0, "\"infinity\" is not accepted: expected a finite time span"),
      ("5parsec", 1, "found \"p\" where a unit (us, ms, s, min, h, d, w, M, y) was expected"),
      ("5secs", 4, "found \"s\" where the end of the unit was expected"),
      ("5\u{20AC}", 1, "found \"\u{20AC}\" where a unit (us, ms, s, min, h, d, w, M, y) was expected"),
      ("5.s", 2, "found \"s\" where a digit after the decimal point was expected"),
      ("h", 0, "found \"h\" where a number was expected"),
      ("1d 292272y", 3, "the time span is too long: expected at most 292271 years"),
      ("9223372036854775808us", 0, "the time span is too long: expected at most 292271 years"),
      ("99999999999999999999s", 0, "the time span is too long: expected at most 292271 years"),
      ("292271y 1y", 8, "the time span is too long: expected at most 292271 years"),
    ])
  func refuses(text: String, offset: Int, message: String) {
    #expect(throws: TimeSyntaxError(offset: offset, message: message)) { try TimeSpan(parsing: text) }
  }

  @Test(
    "prints the normal form of systemd",
    arguments: [
      (0, "0"), (1, "1us"), (1_500, "1.500ms"), (1_500_000, "1.500000s"), (2_000_000, "2s"),
      (90_500_000, "1min 30.500000s"), (9_000_000_000, "2h 30min"), (2_889_000_000_000, "1month 3d"),
      (31_557_600_000_001, "1y 1us"), (-5_400_000_000, "-1h 30min"),
    ])
  func prints(microseconds: Int64, text: String) {
    #expect(TimeSpan(microseconds: microseconds).description == text)
  }

  @Test("every printed value is read back")
  func roundTrip() throws {
    var random = SplitMix64(seed: 3)
    for _ in 0..<5_000 {
      let value = Int64.random(in: 0...Int64.max, using: &random) >> Int64.random(in: 0..<63, using: &random)
      let span = TimeSpan(microseconds: value)
      #expect(try TimeSpan(parsing: span.description) == span)
    }
    #expect(try TimeSpan(parsing: TimeSpan(microseconds: .max).description).microseconds == .max)
    #expect(TimeSpan(microseconds: .min).description.hasPrefix("-292271y"))
  }

  @Test(
    "has a short form of two units at most",
    arguments: [
      (TimeSpan.hours(3), "3 h"), (.days(2), "2 d"), (.hours(52), "2 d 4 h"), (.minutes(65), "1 h 5 min"),
      (.seconds(86_459), "1 d"), (.seconds(45), "45 s"), (.seconds(99), "1 min 39 s"), (.zero, "0 s"),
      (.milliseconds(1_900), "1 s"), (.milliseconds(250), "250 ms"), (TimeSpan(microseconds: 7), "7 us"),
      (.days(400), "400 d"), (.minutes(-90), "-1 h 30 min"),
    ])
  func abbreviates(span: TimeSpan, text: String) {
    #expect(span.abbreviated == text)
  }
}
