import Core

/// Makes calendar expressions that lean towards being valid, and variations of them that lean towards not being it.
struct ExpressionGenerator {
  var random: SplitMix64
  /// Writes `2/5` as `2..57/5`, except for years, which have no end to write. From the same seed come the same expressions in both forms.
  let closesRepetitions: Bool

  init(seed: UInt64, closesRepetitions: Bool = false) {
    random = SplitMix64(seed: seed)
    self.closesRepetitions = closesRepetitions
  }

  mutating func expression() -> String {
    if random.oneIn(25) {
      return [
        "minutely", "hourly", "daily", "monthly", "weekly", "yearly", "annually", "quarterly", "semiannually",
        "bi-annually", "Weekly", "DAILY",
      ].randomElement(using: &random) ?? ""
    }
    if random.oneIn(50) { return "@\(Int.random(in: 0...7_258_118_399, using: &random))" }
    var text = random.oneIn(3) ? weekdays() + " " : ""
    let hasTime = !random.oneIn(5)
    if !hasTime || random.oneIn(2) { text += date() + (hasTime ? " " : "") }
    if hasTime { text += time() }
    return text
  }

  /// The expression with one byte added, removed or replaced.
  mutating func variation(of text: String) -> String {
    var bytes = Array(text.utf8)
    let alphabet = Array("0123456789*,.-/~: @MonTueFriUTC+x".utf8)
    let place = Int.random(in: 0..<max(bytes.count, 1), using: &random)
    let byte = alphabet.randomElement(using: &random) ?? 0
    switch Int.random(in: 0..<4, using: &random) {
    case 0: bytes.insert(byte, at: place)
    case 1 where !bytes.isEmpty: bytes.remove(at: place)
    case 2 where !bytes.isEmpty: bytes.insert(bytes[place], at: place)
    case 3 where !bytes.isEmpty: bytes[place] = byte
    default: bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private mutating func weekdays() -> String {
    let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    let long = ["monday", "Tuesday", "Wednesday", "Thursday", "friday", "Saturday", "SUNDAY"]
    var terms: [String] = []
    repeat {
      let first = Int.random(in: 0..<7, using: &random)
      let name = random.oneIn(3) ? long[first] : names[first]
      let last = Int.random(in: first..<7, using: &random)
      terms.append(random.oneIn(3) ? "\(name)\(random.oneIn(4) ? "-" : "..")\(names[last])" : name)
    } while random.oneIn(2)
    return terms.joined(separator: ",")
  }

  private mutating func date() -> String {
    let fromEnd = random.oneIn(6)
    let day = chain(fromEnd ? 1...28 : 1...31, fromEnd: fromEnd)
    let monthAndDay = chain(1...12) + (fromEnd ? "~" : "-") + day
    guard !random.oneIn(3) else { return monthAndDay }
    let year =
      random.oneIn(4)
      ? chain(2024...2040, isYear: true) : random.oneIn(20) ? chain(0...99, isYear: true) : "*"
    return year + "-" + monthAndDay
  }

  private mutating func time() -> String {
    let time = chain(0...23) + ":" + chain(0...59)
    return random.oneIn(3)
      ? time : time + ":" + (random.oneIn(12) ? fractions() : chain(0...59))
  }

  private mutating func fractions() -> String {
    ["0/0.25", "*", "1.5", "0..10/2.5", "59.9999996", "30.5..31.5", "0..0.5/0.1", "0.25/59"]
      .randomElement(using: &random) ?? ""
  }

  private mutating func chain(
    _ range: ClosedRange<Int>, fromEnd: Bool = false, isYear: Bool = false
  ) -> String {
    if random.oneIn(3) { return "*" }
    var terms: [String] = []
    repeat {
      let first = Int.random(in: range, using: &random)
      let digits = random.oneIn(2) && first < 10 ? "0\(first)" : "\(first)"
      switch Int.random(in: 0..<5, using: &random) {
      case 0:
        let last = Int.random(in: first...range.upperBound, using: &random)
        terms.append(
          "\(digits)..\(last)" + (random.oneIn(2) ? "/\(Int.random(in: 1...9, using: &random))" : ""))
      case 1:
        let room = fromEnd ? first - range.lowerBound : range.upperBound - first
        let period = Int.random(in: 1...max(1, room), using: &random)
        let reach = room / period * period
        if !closesRepetitions || isYear || reach == 0 {
          terms.append("\(digits)/\(period)")
        } else {
          terms.append(
            fromEnd ? "\(first - reach)..\(first)/\(period)" : "\(first)..\(first + reach)/\(period)")
        }
      default: terms.append(digits)
      }
    } while random.oneIn(3)
    return terms.joined(separator: ",")
  }
}
