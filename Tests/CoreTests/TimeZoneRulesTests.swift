import Core
import Testing

@Suite struct TimeZoneRulesTests {
  private static let berlin = "CET-1CEST,M3.5.0,M10.5.0/3"

  private func instant(_ text: String) throws -> Timestamp { try Timestamp(rfc3339: text) }

  @Test(
    "knows offset and abbreviation on both sides of a change",
    arguments: [
      (berlin, "2026-03-29T00:59:59Z", 3_600, "CET"), (berlin, "2026-03-29T01:00:00Z", 7_200, "CEST"),
      (berlin, "2026-10-25T00:59:59Z", 7_200, "CEST"), (berlin, "2026-10-25T01:00:00Z", 3_600, "CET"),
      (berlin, "1800-07-01T00:00:00Z", 7_200, "CEST"), (berlin, "9000-07-01T00:00:00Z", 7_200, "CEST"),
      ("<+03>-3", "2026-01-01T00:00:00Z", 10_800, "+03"), ("UTC0", "2026-01-01T00:00:00Z", 0, "UTC"),
      ("NST3:30NDT,M3.2.0,M11.1.0", "2026-07-01T00:00:00Z", -9_000, "NDT"),
      ("AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-01-01T00:00:00Z", 39_600, "AEDT"),
      ("AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-07-01T00:00:00Z", 36_000, "AEST"),
      ("IST-1GMT0,M10.5.0,M3.5.0/1", "2026-01-01T00:00:00Z", 0, "GMT"),
      ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T00:59:59Z", -7_200, "-02"),
      ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T01:00:00Z", -3_600, "-01"),
      ("EST5EDT,0/0,J365/25", "2025-12-31T23:30:00Z", -14_400, "EDT"),
      ("EST5EDT,0/0,J365/25", "2026-01-01T05:00:00Z", -14_400, "EDT"),
      ("EST5EDT", "2026-03-08T06:59:59Z", -18_000, "EST"),
      ("EST5EDT", "2026-03-08T07:00:00Z", -14_400, "EDT"),
      ("AAA0BBB,J60,300", "2024-03-01T02:00:00Z", 3_600, "BBB"),
      ("AAA0BBB,J60,300", "2024-03-01T01:59:59Z", 0, "AAA"),
      ("AAA0BBB,59,300", "2024-02-29T02:00:00Z", 3_600, "BBB"),
      ("EET-2EEST,M3.4.4/50,M10.4.4/50", "2026-03-27T23:59:59Z", 7_200, "EET"),
      ("EET-2EEST,M3.4.4/50,M10.4.4/50", "2026-03-28T00:00:00Z", 10_800, "EEST"),
    ])
  func offsets(rule: String, at text: String, offset: Int, abbreviation: String) throws {
    let rules = try TimeZoneRules(posix: rule)
    #expect(rules.offset(at: try instant(text)) == offset)
    #expect(rules.localTimeType(at: try instant(text)).abbreviation == abbreviation)
  }

  @Test(
    "a local time that is skipped is the end of the gap, one that comes twice is the first",
    arguments: [
      ("2026-03-29T01:59:59Z", "2026-03-29T00:59:59Z"), ("2026-03-29T02:00:00Z", "2026-03-29T01:00:00Z"),
      ("2026-03-29T02:30:00.5Z", "2026-03-29T01:00:00Z"), ("2026-03-29T03:00:00Z", "2026-03-29T01:00:00Z"),
      ("2026-03-29T03:00:00.5Z", "2026-03-29T01:00:00.5Z"), ("2026-10-25T01:59:59Z", "2026-10-24T23:59:59Z"),
      ("2026-10-25T02:00:00Z", "2026-10-25T00:00:00Z"),
      ("2026-10-25T02:59:59.25Z", "2026-10-25T00:59:59.25Z"),
      ("2026-10-25T03:00:00Z", "2026-10-25T02:00:00Z"), ("2026-06-01T12:00:00Z", "2026-06-01T10:00:00Z"),
    ])
  func localTimes(local: String, utc: String) throws {
    let rules = try TimeZoneRules(posix: Self.berlin)
    let time = TimeZoneRules.utc.civilTime(at: try instant(local))
    #expect(rules.instant(of: time) == (try instant(utc)))
  }

  @Test(
    "refuses a POSIX rule that is not one, with the place",
    arguments: [
      ("", 0), ("CE-1", 2), ("CET", 3), ("CET-25", 4), ("CET-1:60", 6), ("CET-1CEST,", 10),
      ("CET-1CEST,M3.5.0", 16),
      ("CET-1CEST,M13.5.0,M10.5.0", 11), ("CET-1CEST,M3.6.0,M10.5.0", 13), ("CET-1CEST,M3.5.7,M10.5.0", 15),
      ("CET-1CEST,M3.5.0/168,M10.5.0", 17), ("CET-1CEST,M3.5.0,M10.5.0x", 24), ("<+03-3", 6),
      ("CET-1CEST,J0,J365", 11),
      ("CET-1CEST,J366,J1", 11), ("CET-1CEST,366,1", 10),
    ])
  func refusesRules(text: String, offset: Int) {
    let error = #expect(throws: TimeSyntaxError.self) { try TimeZoneRules(posix: text) }
    #expect(error?.offset == offset, "\(text): \(error?.message ?? "")")
  }

  @Test("reads the zone files of the host", .enabled(if: ZoneInfo.isPresent, "needs time zones"))
  func readsFiles() throws {
    let berlin = try ZoneInfo.rules("Europe/Berlin")
    #expect(berlin.offset(at: try instant("1880-01-01T00:00:00Z")) == 3_208)
    #expect(berlin.offset(at: try instant("1945-06-01T00:00:00Z")) == 10_800)
    #expect(berlin.localTimeType(at: try instant("2026-07-01T00:00:00Z")).abbreviation == "CEST")
    #expect(berlin.localTimeType(at: try instant("2026-07-01T00:00:00Z")).isDaylightSaving)
    // Beyond the last transition of the file, from its footer.
    #expect(berlin.offset(at: try instant("2180-07-01T00:00:00Z")) == 7_200)
    #expect(berlin.offset(at: try instant("2180-12-01T00:00:00Z")) == 3_600)
    let apia = try ZoneInfo.rules("Pacific/Apia")
    let skipped = apia.instant(of: CivilTime(year: 2011, month: 12, day: 30, hour: 12))
    #expect(skipped == (try instant("2011-12-30T10:00:00Z")))
    #expect(try ZoneInfo.rules("Etc/UTC").offset(at: Timestamp(seconds: 0)) == 0)
  }

  @Test(
    "the footer continues what the transitions began", .enabled(if: ZoneInfo.isPresent, "needs time zones"))
  func footerAgrees() throws {
    let file = try ZoneInfo.rules("Europe/Berlin")
    let rule = try TimeZoneRules(posix: Self.berlin)
    var random = SplitMix64(seed: 5)
    for _ in 0..<5_000 {
      let seconds = Int64.random(in: 1_000_000_000...60_000_000_000, using: &random)
      #expect(file.offset(at: Timestamp(seconds: seconds)) == rule.offset(at: Timestamp(seconds: seconds)))
    }
  }

  @Test(
    "refuses a file that counts leap seconds", .enabled(if: ZoneInfo.exists("right/UTC"), "needs right/UTC"))
  func refusesLeapSeconds() throws {
    let error = #expect(throws: TimeSyntaxError.self) { try ZoneInfo.rules("right/UTC") }
    #expect(error?.message.contains("leap seconds") == true)
  }

  @Test(
    "a damaged file is refused or read, never worse", .enabled(if: ZoneInfo.isPresent, "needs time zones"))
  func survivesDamage() throws {
    let original = try ZoneInfo.bytes("Europe/Berlin")
    for length in stride(from: 0, to: original.count, by: 7) {
      #expect(throws: TimeSyntaxError.self) { try TimeZoneRules(tzif: Array(original[..<length])) }
    }
    var random = SplitMix64(seed: 6)
    var refused = 0
    for _ in 0..<1_500 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        // Half of the blows fall on the two headers, where the counts are.
        let place =
          random.oneIn(2)
          ? Int.random(in: 0..<44, using: &random) : Int.random(in: 0..<bytes.count, using: &random)
        bytes[place] = UInt8.random(in: 0...255, using: &random)
      }
      guard let rules = try? TimeZoneRules(tzif: bytes) else {
        refused += 1
        continue
      }
      let year = Int.random(in: -200_000...200_000, using: &random)
      _ = rules.instant(of: rules.civilTime(at: rules.instant(of: CivilTime(year: year, month: 1, day: 1))))
    }
    #expect(refused > 300)
  }

  @Test(
    "refuses each kind of nonsense in a file",
    arguments: [
      ("magic", 0, UInt8(ascii: "X")), ("version", 4, 1), ("no types", 39, 0), ("no abbreviations", 43, 0),
      ("too many transitions", 32, 1), ("leap seconds", 31, 1), ("a stray indicator", 23, 2),
      ("a type that does not exist", 48, 7), ("daylight saving 2", 53, 2),
      ("an abbreviation elsewhere", 54, 9),
      ("an abbreviation without end", 58, 65), ("an offset of half a year", 49, 1),
    ])
  func refusesNonsense(name: String, place: Int, value: UInt8) throws {
    // Version 1: one transition at 16, one type of +1 h, "CET".
    var bytes = Array("TZif".utf8) + [UInt8](repeating: 0, count: 16)
    for count in [0, 0, 0, 1, 1, 4] as [UInt8] { bytes += [0, 0, 0, count] }
    bytes += [0, 0, 0, 16, 0] + [0, 0, 0x0E, 0x10, 0, 0] + Array("CET\0".utf8)
    #expect(try TimeZoneRules(tzif: bytes).offset(at: Timestamp(seconds: 20)) == 3_600)
    bytes[place] = value
    #expect(throws: TimeSyntaxError.self, "\(name)") { try TimeZoneRules(tzif: bytes) }
  }
}
