import Core
import Testing

@Suite struct CalendarExpressionTests {
  @Test(
    "prints the normal form of systemd, and reads it back",
    arguments: [
      ("minutely", "*-*-* *:*:00"), ("hourly", "*-*-* *:00:00"), ("daily", "*-*-* 00:00:00"),
      ("Daily", "*-*-* 00:00:00"), ("monthly", "*-*-01 00:00:00"), ("weekly", "Mon *-*-* 00:00:00"),
      ("yearly", "*-01-01 00:00:00"), ("annually", "*-01-01 00:00:00"),
      ("quarterly", "*-01,04,07,10-01 00:00:00"),
      ("semiannually", "*-01,07-01 00:00:00"), ("daily UTC", "*-*-* 00:00:00 UTC"),
      ("weekly Pacific/Auckland", "Mon *-*-* 00:00:00 Pacific/Auckland"),
      ("Sat,Thu,Mon..Wed,Sat..Sun", "Mon..Thu,Sat,Sun *-*-* 00:00:00"),
      ("Mon,Sun 12-*-* 2,1:23", "Mon,Sun 2012-*-* 01,02:23:00"), ("Wed *-1", "Wed *-*-01 00:00:00"),
      ("Wed-Wed,Wed *-1", "Wed *-*-01 00:00:00"), ("Mon..Sun 5:0", "*-*-* 05:00:00"),
      ("Mon, 5:0", "Mon *-*-* 05:00:00"),
      ("Wed, 17:48", "Wed *-*-* 17:48:00"), ("Wed..Sat,Tue 12-10-15 1:2:3", "Tue..Sat 2012-10-15 01:02:03"),
      ("*-*-7 0:0:0", "*-*-07 00:00:00"), ("10-15", "*-10-15 00:00:00"), ("08:05:40", "*-*-* 08:05:40"),
      ("05:40", "*-*-* 05:40:00"), ("Sat,Sun 08:05:40", "Sat,Sun *-*-* 08:05:40"),
      ("2003-03-05 05:40", "2003-03-05 05:40:00"),
      ("05:40:23.4200004/3.1700005", "*-*-* 05:40:23.420000/3.170001"),
      ("2003-02..04-05", "2003-02..04-05 00:00:00"), ("monday *-*-* 0/4:*:*/1", nil),
      ("*-*-1,4,2..6/2", "*-*-01,02..06/2,04 00:00:00"), ("*:2/3", "*-*-* *:02/3:00"),
      ("*-*~1", "*-*~01 00:00:00"), ("*-02~03,05 UTC", "*-02~03,05 00:00:00 UTC"),
      ("Mon *-05~07/1", "Mon *-05~07/1 00:00:00"),
      ("*~*", "*-*-* 00:00:00"), ("@1493187147", "2017-04-26 06:12:27 UTC"),
      ("Mon @1493187147", "Mon 2017-04-26 06:12:27 UTC"),
      ("69-70-1", nil), ("69-7-1", "2069-07-01 00:00:00"), ("70-7-1", "1970-07-01 00:00:00"),
      ("0:0:0..10/2.5", "*-*-* 00:00:00..10/2.500000"), ("0:0:5..5", nil), ("0:5..6/4", "*-*-* 00:05:00"),
    ] as [(String, String?)])
  func normalForm(text: String, expected: String?) throws {
    guard let expected else {
      #expect(throws: TimeSyntaxError.self) { try CalendarExpression(parsing: text) }
      return
    }
    let expression = try CalendarExpression(parsing: text)
    #expect(expression.description == expected)
    let again = try CalendarExpression(parsing: expected)
    #expect(again == expression)
    #expect(again.hashValue == expression.hashValue)
    #expect(again.description == expected)
  }

  @Test("expressions made at random are read back from their normal form")
  func roundTrip() throws {
    var generator = ExpressionGenerator(seed: 8)
    var accepted = 0
    for _ in 0..<3_000 {
      let text = generator.expression()
      guard let expression = try? CalendarExpression(parsing: text) else { continue }
      accepted += 1
      #expect(try CalendarExpression(parsing: expression.description) == expression, "\(text)")
    }
    #expect(accepted > 2_500)
  }

  @Test(
    "differences show",
    arguments: [
      ("daily", "hourly"), ("daily", "daily UTC"), ("daily UTC", "daily Etc/UTC"), ("*-*-1", "*-*~1"),
      ("Mon 0:0", "Tue 0:0"), ("*-1,2-3", "*-1-2,3"),
    ])
  func differ(one: String, other: String) throws {
    #expect(try CalendarExpression(parsing: one) != CalendarExpression(parsing: other))
  }

  @Test("names the clock")
  func zones() throws {
    #expect(try CalendarExpression(parsing: "daily").zone == .local)
    #expect(try CalendarExpression(parsing: "daily utc").zone == .utc)
    #expect(try CalendarExpression(parsing: "daily Europe/Berlin").zone == .named("Europe/Berlin"))
    #expect(try CalendarExpression(parsing: "Mon 12:00 CEST").zone == .named("CEST"))
    #expect(try CalendarExpression(parsing: "@0").zone == .utc)
  }

  @Test(
    "refuses with the place and what was expected",
    arguments: [
      ("", 0, "a calendar expression such as \"Mon *-*-* 03:00\" was expected"),
      (" UTC", 0, "a calendar expression such as \"Mon *-*-* 03:00\" was expected"),
      (
        "dayly", 0,
        "found \"d\" where a weekday, a date, a time, \"@\" or a word such as \"daily\" was expected"
      ),
      (
        "Foo 12:00", 0,
        "found \"F\" where a weekday, a date, a time, \"@\" or a word such as \"daily\" was expected"
      ),
      (
        "Mon Tue", 4,
        "found \"T\" where a weekday, a date, a time, \"@\" or a word such as \"daily\" was expected"
      ),
      ("Mon..Foo 12:00", 5, "found \"F\" where a weekday such as \"Fri\" was expected"),
      ("Mon.. 12:00", 5, "found \" \" where the weekday that ends the range was expected"),
      ("Fri..Mon", 5, "the range of weekdays runs backwards: Monday is the first, Sunday the last"),
      ("Mon..Wed..Fri", 8, "found \".\" where a comma, a space or the end was expected"),
      ("Mondays", 6, "found \"s\" where \",\", \"..\", a space or the end after a weekday was expected"),
      ("12", 2, "the text ends where \":\" or \"-\" was expected"),
      ("2026-13-01", 5, "13 is not a month: expected 1 to 12"),
      ("2026-11-32", 8, "32 is not a day: expected 1 to 31"),
      ("*-02~29", 5, "29 is not a day: expected 1 to 28 (days from the end of the month)"),
      ("1969-01-01", 0, "1969 is not a year: expected 1970 to 2199"),
      ("25:00", 0, "25 is not an hour: expected 0 to 23"),
      ("12:60", 3, "60 is not a minute: expected 0 to 59"),
      ("12:00:60", 6, "60 is not a second: expected 0 to 59"),
      ("12:00:00:00", 8, "found \":\" where the end was expected"),
      ("12:00 ", 5, "found \" \" where \":\" or the end was expected"),
      ("*/2:00", 1, "found \"/\" where \"-\", \"~\" or \":\" was expected"),
      ("12:20..10", 3, "the range 20..10 runs backwards: expected the smaller value first"),
      ("12:50/10", 3, "a repetition every 10 from 50 never comes round: expected at most 9"),
      ("12:0/0", 4, "found \"/\" where a distance above 0 was expected"),
      ("12:0/x", 5, "found \"x\" where the distance of the repetition was expected"),
      ("12:,5", 3, "found \",\" where a number or \"*\" was expected"),
      ("12:5,", 5, "the text ends where a number was expected"),
      ("12:5,*", 5, "found \"*\" where a number was expected"),
      (
        "12:00:0..0.5", 6,
        "the range of seconds is shorter than one: expected a repetition such as \"/0.25\" after it"
      ),
      ("12:00:5.", 8, "the text ends where a digit after the decimal point was expected"),
      ("99999999999-1-1", 0, "the number is too large: expected at most 2147483647"),
      ("1~2~3", 3, "found \"~\" where a space or the end after the day was expected"),
      ("@", 1, "the text ends where a number of seconds since 1970 was expected"),
      ("@-5", 1, "found \"-\" where a number of seconds since 1970 was expected"),
      ("@7258118400", 0, "the Unix time is beyond the year 2199"),
      ("@5 Europe/Berlin", 3, "found \"Europe/Berlin\" after a Unix time, which is UTC: expected the end"),
      (
        "daily Europe//Berlin", 12,
        "found \"/\" where the rest of a time zone name such as \"Europe/Berlin\" was expected"
      ),
      (
        "daily Europe/../x", 13,
        "found \".\" where the rest of a time zone name such as \"Europe/Berlin\" was expected"
      ),
      (
        "12\u{E9}:00", 2,
        "found \"\u{E9}\" where one of \",\" \"..\" \"/\" \"-\" \"~\" \":\", a space or the end was expected"
      ),
      (
        "12\u{0}:00", 2,
        "found a control character where one of \",\" \"..\" \"/\" \"-\" \"~\" \":\", a space or the end was expected"
      ),
    ])
  func refuses(text: String, offset: Int, message: String) {
    #expect(throws: TimeSyntaxError(offset: offset, message: message)) {
      try CalendarExpression(parsing: text)
    }
  }

  @Test("a list may have as many elements as in systemd, no more")
  func listLength() throws {
    let elements = Array(repeating: "1", count: 241).joined(separator: ",")
    #expect(try CalendarExpression(parsing: "\(elements):00").description == "*-*-* 01:00:00")
    #expect(throws: TimeSyntaxError.self) { try CalendarExpression(parsing: "\(elements),1:00") }
  }

  @Test(
    "elapses after an instant, in the order of systemd's own tests",
    arguments: [
      ("2016-03-27 03:17:00", "Europe/Berlin", "2016-03-20T09:55:54Z", "2016-03-27T01:17:00Z"),
      ("Sun *-*-* 01:30", "UTC", "2026-11-25T00:00:00Z", "2026-11-29T01:30:00Z"),
      ("*-02-29", "UTC", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"),
      ("Tue *-02-29", "UTC", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"),
      ("*-02~01", "UTC", "2027-03-01T00:00:00Z", "2028-02-29T00:00:00Z"),
      ("Mon *-05~07/1", "UTC", "2026-01-01T00:00:00Z", "2026-05-25T00:00:00Z"),
      ("*-*-31", "UTC", "2026-03-31T00:00:00Z", "2026-05-31T00:00:00Z"),
      ("*:*:0/0.25", "UTC", "2026-01-01T00:00:00.25Z", "2026-01-01T00:00:00.5Z"),
      ("*:*:00/1.000001", "UTC", "2025-04-10T16:02:59.000059Z", "2025-04-10T16:03:00Z"),
      ("*-*-8/20", "UTC", "2026-12-28T00:00:00Z", "2027-01-08T00:00:00Z"),
      ("2199-12-31 23:59:59", "UTC", "2026-01-01T00:00:00Z", "2199-12-31T23:59:59Z"),
      ("*-02-30", "UTC", "2026-01-01T00:00:00Z", nil), ("2025-*-*", "UTC", "2026-01-01T00:00:00Z", nil),
      ("2026-11-25 00:00", "UTC", "2026-11-25T00:00:00Z", nil),
      ("2026-11-25 00:00", "UTC", "2026-11-24T23:59:59.999999Z", "2026-11-25T00:00:00Z"),
      ("daily", "UTC", "1900-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
      ("daily", "UTC", "2199-12-31T00:00:00Z", nil), ("daily", "UTC", "9000-01-01T00:00:00Z", nil),
      // Spring: what the clocks skip elapses where they land; autumn: the first of two.
      ("02:30", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"),
      ("02:30", "Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"),
      ("02:30", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"),
      ("02:30", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"),
      ("hourly", "Europe/Berlin", "2026-10-25T00:00:00Z", "2026-10-25T02:00:00Z"),
      ("*:0/30", "Europe/Berlin", "2026-10-25T01:10:00Z", "2026-10-25T02:00:00Z"),
      ("00:00", "America/Sao_Paulo", "2018-11-03T12:00:00Z", "2018-11-04T03:00:00Z"),
      ("2011-12-30 12:00", "Pacific/Apia", "2011-12-29T00:00:00Z", "2011-12-30T10:00:00Z"),
    ] as [(String, String, String, String?)])
  func elapses(text: String, zone: String, after: String, expected: String?) throws {
    guard zone == "UTC" || ZoneInfo.isPresent else { return }
    let rules = zone == "UTC" ? TimeZoneRules.utc : try ZoneInfo.rules(zone)
    let next = try CalendarExpression(parsing: text).next(after: Timestamp(rfc3339: after), in: rules)
    #expect(next == (try expected.map { try Timestamp(rfc3339: $0) }), "\(next?.rfc3339 ?? "never")")
  }
}
