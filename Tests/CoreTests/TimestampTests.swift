import Core
import Testing

@Suite struct TimestampTests {
  @Test(
    "dates and seconds correspond",
    arguments: [
      (0, CivilTime(year: 1970, month: 1, day: 1), 3),
      (-1, CivilTime(year: 1969, month: 12, day: 31, hour: 23, minute: 59, second: 59), 2),
      (951_782_400, CivilTime(year: 2000, month: 2, day: 29), 1),
      (1_795_575_215, CivilTime(year: 2026, month: 11, day: 25, hour: 2, minute: 53, second: 35), 2),
      (4_107_542_400, CivilTime(year: 2100, month: 3, day: 1), 0),
      (-62_135_596_800, CivilTime(year: 1, month: 1, day: 1), 0),
      (-62_167_219_200, CivilTime(year: 0, month: 1, day: 1), 5),
      (253_402_300_799, CivilTime(year: 9999, month: 12, day: 31, hour: 23, minute: 59, second: 59), 4),
    ])
  func corresponds(seconds: Int64, time: CivilTime, weekday: Int) {
    #expect(CivilTime(seconds: seconds) == time)
    #expect(time.seconds == seconds)
    #expect(time.weekday == weekday)
  }

  @Test("each day follows the one before it, over 800 years")
  func daysFollow() {
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    var expected = CivilTime(year: 1599, month: 12, day: 31)
    for day in (expected.seconds / 86_400)..<(expected.seconds / 86_400 + 292_194) {
      let time = CivilTime(seconds: day * 86_400)
      guard time == expected, time.seconds == day * 86_400 else {
        Issue.record("day \(day) is \(time), not \(expected)")
        return
      }
      let isLeap = expected.year % 400 == 0 || (expected.year % 4 == 0 && expected.year % 100 != 0)
      expected.day += 1
      if expected.day > lengths[expected.month - 1] + (isLeap && expected.month == 2 ? 1 : 0) {
        expected.day = 1
        expected.month = expected.month % 12 + 1
        if expected.month == 1 { expected.year += 1 }
      }
    }
  }

  @Test(
    "prints RFC 3339",
    arguments: [
      (1_795_575_215_250_000, "2026-11-25T02:53:35Z", "2026-11-25T02:53:35.250000Z"),
      (-1, "1969-12-31T23:59:59Z", "1969-12-31T23:59:59.999999Z"),
      (-62_198_755_200_000_000, "-0001-01-01T00:00:00Z", "-0001-01-01T00:00:00.000000Z"),
      (253_402_300_800_000_000, "+10000-01-01T00:00:00Z", "+10000-01-01T00:00:00.000000Z"),
      (.max, "+294247-01-10T04:00:54Z", "+294247-01-10T04:00:54.775807Z"),
      (.min, "-290308-12-21T19:59:05Z", "-290308-12-21T19:59:05.224192Z"),
    ] as [(Int64, String, String)])
  func prints(microseconds: Int64, seconds: String, exact: String) {
    let instant = Timestamp(microseconds: microseconds)
    #expect(instant.rfc3339 == seconds)
    #expect(instant.rfc3339(microseconds: true) == exact)
  }

  @Test(
    "reads RFC 3339",
    arguments: [
      ("2026-11-25T02:53:35Z", 1_795_575_215_000_000),
      ("2026-11-25t03:53:35.25+01:00", 1_795_575_215_250_000),
      ("2026-11-24T21:53:35.1234567-05:00", 1_795_575_215_123_456), ("1970-01-01T00:00:00-00:00", 0),
      ("0000-01-01T00:00:00Z", -62_167_219_200_000_000), ("2016-12-31T23:59:60Z", 1_483_228_800_000_000),
      ("2017-01-01T00:59:60+01:00", 1_483_228_800_000_000), ("2024-02-29T00:00:00Z", 1_709_164_800_000_000),
    ] as [(String, Int64)])
  func reads(text: String, microseconds: Int64) throws {
    #expect(try Timestamp(rfc3339: text).microseconds == microseconds)
  }

  @Test(
    "refuses what is not RFC 3339, with the place",
    arguments: [
      ("", 0), ("2026-11-25", 10), ("2026-11-25 02:53:35Z", 10), ("26-11-25T02:53:35Z", 0),
      ("2026-13-01T00:00:00Z", 5),
      ("2026-00-01T00:00:00Z", 5), ("2026-02-29T00:00:00Z", 8), ("2026-11-25T24:00:00Z", 11),
      ("2026-11-25T02:60:00Z", 14), ("2026-11-25T02:53:61Z", 17), ("2026-11-25T02:53:60Z", 17),
      ("2026-11-25T02:53:35", 19), ("2026-11-25T02:53:35.Z", 20), ("2026-11-25T02:53:35+1:00", 20),
      ("2026-11-25T02:53:35+24:00", 20), ("2026-11-25T02:53:35ZZ", 20), ("2026-11-25T02:53:35+0100", 22),
    ])
  func refuses(text: String, offset: Int) {
    let error = #expect(throws: TimeSyntaxError.self) { try Timestamp(rfc3339: text) }
    #expect(error?.offset == offset, "\(text): \(error?.message ?? "")")
  }

  @Test("every instant of the years 0 to 9999 is read back")
  func roundTrip() throws {
    var random = SplitMix64(seed: 4)
    for _ in 0..<3_000 {
      let instant = Timestamp(
        microseconds: .random(in: -62_167_219_200_000_000..<253_402_300_800_000_000, using: &random))
      #expect(try Timestamp(rfc3339: instant.rfc3339(microseconds: true)) == instant)
      #expect(try Timestamp(rfc3339: instant.rfc3339).seconds == instant.seconds)
    }
  }

  @Test(
    "reads the three forms of an HTTP date",
    arguments: [
      ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
      ("Sun Nov  6 08:49:37 1994", 784_111_777), ("Wed, 25 Nov 2026 02:53:35 GMT", 1_795_575_215),
      ("Wednesday, 25-Nov-26 02:53:35 GMT", 1_795_575_215), ("Wed Nov 25 02:53:35 2026", 1_795_575_215),
      ("Sat, 31 Dec 2016 23:59:60 GMT", 1_483_228_800), ("Thursday, 29-Feb-24 00:00:00 GMT", 1_709_164_800),
    ])
  func readsHTTPDates(text: String, seconds: Int64) {
    #expect(Timestamp(httpDate: text)?.seconds == seconds)
  }

  @Test(
    "refuses what is not an HTTP date",
    arguments: [
      "", "120", "Mon, 06 Nov 1994 08:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT",
      "Sun, 06 Nov 1994 08:49:37 UTC",
      "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, 06 nov 1994 08:49:37 GMT",
      "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
      "Sun Nov 06 08:49:37 94", "Sun, 06-Nov-94 08:49:37 GMT", "Monday, 06-Nov-94 08:49:37 GMT",
    ])
  func refusesHTTPDates(text: String) {
    #expect(Timestamp(httpDate: text) == nil)
  }
}
