import Core
import Testing

/// Compares with the real tool: what it accepts, how it prints it, and when it elapses.
@Suite(
  .enabled(if: SystemdAnalyze.isPresent && ZoneInfo.isPresent, "needs systemd-analyze 252 and time zones"))
struct CalendarDifferentialTests {
  static let zones = [
    "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca",
    "America/Sao_Paulo", "Pacific/Apia", "Asia/Kathmandu", "Europe/Dublin", "Asia/Gaza", "America/Nuuk",
    "Antarctica/Troll", "Pacific/Chatham", "Africa/Cairo", "America/Santiago",
  ]

  /// True where the clocks change within 27 hours of `instant`: there we depart from systemd on purpose.
  private func isNearChange(_ seconds: Int64, _ rules: TimeZoneRules) -> Bool {
    let offsets = (-3...3).map { rules.offset(at: Timestamp(seconds: seconds + $0 * 32_400)) }
    return Set(offsets).count > 1
  }

  /// Open repetitions are put to systemd in their closed form: past the end of a month or a year it carries them over
  /// and loses the elapses before the place where it lands (`*-*-8/20` after December 28 leaves out January 8).
  @Test("elapses agree with systemd, except near a change of the clocks", arguments: zones)
  func elapsesAgree(zone: String) throws {
    let rules = try ZoneInfo.rules(zone)
    let seed = zone.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) }
    var generator = ExpressionGenerator(seed: seed)
    var closed = ExpressionGenerator(seed: seed, closesRepetitions: true)
    var compared = 0
    var left = 0
    for _ in 0..<4 {
      let base = Timestamp(seconds: Int64.random(in: 1_500_000_000...2_200_000_000, using: &generator.random))
      closed.random = generator.random
      let texts = (0..<80).map { _ in (generator.expression(), closed.expression()) }
      let results = try SystemdAnalyze.calendar(texts.map(\.1), zone: zone, base: base, iterations: 6)
      try #require(results.count == texts.count)
      for ((text, closedText), theirs) in zip(texts, results) {
        // Where systemd has no answer, it refuses the expression (see below) or gets stuck in its calculation.
        guard let theirs else { continue }
        let ours = try CalendarExpression(parsing: text)
        #expect(try CalendarExpression(parsing: closedText).description == theirs.normalForm, "\(closedText)")
        let clock = ours.zone == .utc ? TimeZoneRules.utc : rules
        var instant = base
        for index in 0..<6 {
          let next = ours.next(after: instant, in: clock)
          let expected = index < theirs.elapses.count ? theirs.elapses[index] : nil
          let places = [instant.seconds, next?.seconds, expected].compactMap(\.self)
          guard !places.contains(where: { isNearChange($0, clock) }) else {
            left += 1
            break
          }
          #expect(
            next?.seconds == expected,
            "\(text) (\(closedText)) after \(instant.rfc3339(microseconds: true)) in \(zone)")
          compared += 1
          guard let next, next.seconds == expected else { break }
          instant = next
        }
      }
    }
    #expect(compared > 600, "only \(compared) elapses compared, \(left) left out")
  }

  @Test("what systemd refuses is refused, what it accepts is accepted and printed alike")
  func refusalsAgree() throws {
    var generator = ExpressionGenerator(seed: 42)
    for _ in 0..<10 {
      var texts: [String] = []
      while texts.count < 400 {
        var text = generator.expression()
        if generator.random.oneIn(3) {
          text += [" UTC", " utc", " Europe/Berlin"].randomElement(using: &generator.random) ?? ""
        }
        for _ in 0..<Int.random(in: 0...2, using: &generator.random) { text = generator.variation(of: text) }
        texts.append(text)
      }
      let results = try SystemdAnalyze.calendar(texts, base: Timestamp(seconds: 1_800_000_000))
      try #require(results.count == texts.count)
      for (text, theirs) in zip(texts, results) {
        var ours = try? CalendarExpression(parsing: text)
        // Accepted by systemd by accident: strtoul(3) skips spaces and signs; a zone that has no effect.
        if ours == nil, text.contains("@") { continue }
        // Refused by systemd by accident: it lowers the limit from one element of a list to the next.
        if theirs == nil, text.contains("~"), text.contains(",") { continue }
        if case .named(let name) = ours?.zone {
          if !ZoneInfo.exists(name) {
            ours = nil
          } else if theirs == nil {
            // Where systemd gets stuck in its calculation at a change of the clocks, it accepts the same in UTC.
            let inUTC = [String(text.dropLast(name.count)) + "UTC"]
            let again = try SystemdAnalyze.calendar(inUTC, base: Timestamp(seconds: 1_800_000_000))
            #expect(again.first.flatMap(\.self) != nil, "\(text)")
            continue
          }
        }
        #expect(ours?.description == theirs?.normalForm, "\(text)")
      }
    }
  }

  @Test("the zone named in an expression is used, not the local one")
  func namedZonesAgree() throws {
    let base = Timestamp(seconds: 1_790_000_000)
    let texts = Self.zones.flatMap { ["Mon *-*-* 04:30:00 \($0)", "*-*~03 23:59:30 \($0)"] }
    let results = try SystemdAnalyze.calendar(texts, zone: "America/Denver", base: base)
    for (text, theirs) in zip(texts, results) {
      let ours = try CalendarExpression(parsing: text)
      let rules: TimeZoneRules
      switch ours.zone {
      case .local: rules = try ZoneInfo.rules("America/Denver")
      case .utc: rules = .utc
      case .named(let name): rules = try ZoneInfo.rules(name)
      }
      #expect(ours.next(after: base, in: rules)?.seconds == theirs?.elapses.first, "\(text)")
    }
  }
}
