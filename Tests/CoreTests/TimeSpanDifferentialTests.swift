import Core
import Testing

@Suite(.enabled(if: SystemdAnalyze.isPresent, "needs systemd-analyze 252"))
struct TimeSpanDifferentialTests {
  private static let units = [
    "usec", "us", "\u{B5}s", "\u{3BC}s", "msec", "ms", "seconds", "second", "sec", "s", "minutes", "minute",
    "min", "m", "hours", "hour", "hr", "h", "days", "day", "d", "weeks", "week", "w", "months", "month", "M",
    "years", "year", "y",
  ]

  @Test("lengths and normal forms agree with systemd")
  func lengthsAgree() throws {
    var random = SplitMix64(seed: 1)
    let texts = (0..<3_000).map { _ in
      (0..<Int.random(in: 1...4, using: &random)).map { _ in
        let number = Int.random(in: 0...(random.oneIn(4) ? 9_000 : 99), using: &random)
        let decimals = random.oneIn(4) ? ".\(Int.random(in: 0...99_999_999, using: &random))" : ""
        let space = random.oneIn(2) ? " " : ""
        return "\(number)\(decimals)\(space)\(Self.units.randomElement(using: &random) ?? "")"
      }.joined(separator: random.oneIn(2) ? " " : "")
    }
    let theirs = try #require(try SystemdAnalyze.timeSpans(texts))
    try #require(theirs.count == texts.count)
    for (text, expected) in zip(texts, theirs) {
      let span = try TimeSpan(parsing: text)
      #expect(UInt64(span.microseconds) == expected.microseconds, "\(text)")
      #expect(span.description == expected.normalForm, "\(text)")
    }
  }

  @Test("what systemd refuses is refused, but for what is meant to be stricter")
  func refusalsAgree() throws {
    var random = SplitMix64(seed: 2)
    let alphabet = Array("0123456789. +-smhdwMyxu".utf8)
    for _ in 0..<250 {
      var bytes = Array(
        "\(Int.random(in: 0...99, using: &random))\(Self.units.randomElement(using: &random) ?? "") 5min".utf8
      )
      for _ in 0..<Int.random(in: 1...2, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let byte = alphabet.randomElement(using: &random) ?? 0
        if random.oneIn(2) { bytes[place] = byte } else { bytes.insert(byte, at: place) }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      let theirs = try SystemdAnalyze.timeSpan(text)
      do throws(TimeSyntaxError) {
        let span = try TimeSpan(parsing: text)
        #expect(UInt64(span.microseconds) == theirs?.microseconds, "\(text)")
      } catch {
        // Stricter on purpose: systemd takes a number without unit for seconds, and a plus sign.
        let isStricter = error.message.contains("has no unit") || text.contains("+")
        #expect(theirs == nil || isStricter, "\(text): \(error)")
      }
    }
  }
}
