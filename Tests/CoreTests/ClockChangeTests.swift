import Core
import Testing

/// Compares with the plainest possible reckoning, second by second, around changes of the clocks.
@Suite struct ClockChangeTests {
  private static let rules = [
    "CET-1CEST,M3.5.0,M10.5.0/3", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
    "AAA3BBB-1,M3.5.0/0,M10.5.0/0", "AAA0BBB-2:30:10,J100/5,J101/10",
  ]

  /// Every change of the clocks in 2026.
  private func changes(_ rules: TimeZoneRules) -> [Int64] {
    let days: Range<Int64> = 20_454..<20_819
    return days.flatMap { day -> [Int64] in
      let (start, end) = (day * 86_400, (day + 1) * 86_400)
      guard rules.offset(at: Timestamp(seconds: start)) != rules.offset(at: Timestamp(seconds: end)) else {
        return []
      }
      return [
        (start...end).first {
          rules.offset(at: Timestamp(seconds: $0)) != rules.offset(at: Timestamp(seconds: start))
        }
          ?? start
      ]
    }
  }

  @Test(
    "elapses are the seconds at which the clocks first reach or pass a time of the expression",
    arguments: rules)
  func elapses(rule: String) throws {
    let rules = try TimeZoneRules(posix: rule)
    let changes = changes(rules)
    try #require(!changes.isEmpty)
    for change in changes {
      let start = change - 16_200
      let end = change + 16_200
      for text in ["*:0/10", "02:30", "0/2:15,45:30", "*-*-* 00..03:*:20", "*:*:0/7"] {
        let expression = try CalendarExpression(parsing: text)
        var expected: [Int64] = []
        var reached = start + Int64(rules.offset(at: Timestamp(seconds: start)))
        for second in (start + 1)...end {
          let local = second + Int64(rules.offset(at: Timestamp(seconds: second)))
          guard local > reached else { continue }
          let passed = (reached + 1)...local
          if passed.contains(where: { expression.matches(Timestamp(seconds: $0), in: .utc) }) {
            expected.append(second)
          }
          reached = local
        }
        var found: [Int64] = []
        var instant = Timestamp(seconds: start)
        while let next = expression.next(after: instant, in: rules), next > instant, next.seconds <= end {
          found.append(next.seconds)
          instant = next
        }
        #expect(found == expected, "\(text) around \(Timestamp(seconds: change).rfc3339)")
        // From instants that are no elapses too: within the hour that comes twice, say.
        for second in stride(from: start, to: expected.last ?? start, by: 611) {
          let next = expression.next(after: Timestamp(seconds: second), in: rules)?.seconds
          #expect(
            next == expected.first { $0 > second }, "\(text) after \(Timestamp(seconds: second).rfc3339)")
        }
      }
    }
  }

  @Test("a window ends at the first second that does not belong to it", arguments: rules)
  func windows(rule: String) throws {
    let rules = try TimeZoneRules(posix: rule)
    for change in changes(rules) {
      for text in [
        "02..03:*:*", "*:0..40:*", "*:*:0..30", "*-*-1..28 *:*:*", "Mon,Sat *:*:*", "0/2:*:*",
        "*:0/2:0..50/2", "23:59:59",
      ] {
        let window = try CalendarExpression(parsing: text)
        let last = change + 16_200
        // From the back, so that the end of each second is that of the next or its own.
        var expected: Int64?
        var instant = Timestamp(seconds: last)
        if window.matches(instant, in: rules) {
          expected = try #require(window.end(ofWindowContaining: instant, in: rules)).seconds
        } else {
          expected = last
        }
        for second in stride(from: last - 1, through: change - 16_200, by: -1) {
          instant = Timestamp(seconds: second)
          if !window.matches(instant, in: rules) { expected = second }
          guard second % 31 == 0 || abs(second - change) < 40 else { continue }
          let end = window.end(ofWindowContaining: instant, in: rules)?.seconds
          guard end == expected else {
            Issue.record("\(text) from \(instant.rfc3339): \(end ?? -1), not \(expected ?? -1)")
            break
          }
        }
      }
    }
  }

  @Test(
    "windows end where their fields say",
    arguments: [
      ("Mon..Fri 08..17:*:*", "2026-11-25T12:00:00Z", "2026-11-25T18:00:00Z"),
      ("Mon..Fri *:*:*", "2026-11-25T12:00:00.5Z", "2026-11-28T00:00:00Z"),
      ("*-12-* *:*:*", "2026-12-24T12:00:00Z", "2027-01-01T00:00:00Z"),
      ("*-11..12-* *:*:*", "2026-11-24T12:00:00Z", "2027-01-01T00:00:00Z"),
      ("*-*~07/1 *:*:*", "2026-11-25T00:00:00Z", "2026-12-01T00:00:00Z"),
      ("2026..2030-*-* *:*:*", "2026-11-25T00:00:00Z", "2031-01-01T00:00:00Z"),
      ("daily", "2026-11-25T00:00:00.9Z", "2026-11-25T00:00:01Z"),
      ("daily", "2026-11-25T12:00:00.25Z", "2026-11-25T12:00:00.25Z"),
      ("22..23,0..5:*:*", "2026-11-25T22:00:00Z", "2026-11-26T06:00:00Z"),
      ("*:*:*", "2026-11-25T22:00:00Z", nil), ("2026..2199-*-* *:*:*", "2026-11-25T22:00:00Z", nil),
      ("*-12-31 23:*:*", "2199-12-31T23:00:00Z", nil),
      ("*:*:*", "2200-06-01T00:00:00Z", "2200-06-01T00:00:00Z"),
      ("*:*:*", "1960-01-01T00:00:00Z", "1960-01-01T00:00:00Z"),
    ] as [(String, String, String?)])
  func windowEnds(text: String, from: String, expected: String?) throws {
    let end = try CalendarExpression(parsing: text).end(
      ofWindowContaining: Timestamp(rfc3339: from), in: .utc)
    #expect(end == (try expected.map { try Timestamp(rfc3339: $0) }), "\(end?.rfc3339 ?? "never")")
  }
}
