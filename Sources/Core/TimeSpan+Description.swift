extension TimeSpan: CustomStringConvertible {
  /// The normal form, as systemd prints it: `1month 3d`, `2h 30min`, `1.500000s`, `0`; a sign where it is negative.
  ///
  /// `TimeSpan(parsing:)` reads it back to the same value, unless that is negative.
  public var description: String {
    guard microseconds != 0 else { return "0" }
    var rest = microseconds.magnitude
    var terms: [String] = []
    for unit in TimeUnit.all where rest >= unit.microseconds.magnitude {
      let (count, remainder) = rest.quotientAndRemainder(dividingBy: unit.microseconds.magnitude)
      // Below a minute systemd prints one term, with every decimal that the unit has.
      guard rest >= 60_000_000 || remainder == 0 else {
        var term = "\(count)."
        term.append(remainder, width: unit.microseconds == 1_000_000 ? 6 : 3)
        terms.append("\(term)\(unit.symbol)")
        break
      }
      terms.append("\(count)\(unit.symbol)")
      rest = remainder
    }
    return (microseconds < 0 ? "-" : "") + terms.joined(separator: " ")
  }

  /// A short form for a status line: `3 h`, `2 d 4 h`, `45 s`; the two largest units at most, rounded down.
  ///
  /// Days are the largest unit, for "33 d" says more than "1 month 2 d". A sign stands before a negative span.
  public var abbreviated: String {
    let units: [(length: UInt64, symbol: String)] = [
      (86_400_000_000, "d"), (3_600_000_000, "h"), (60_000_000, "min"), (1_000_000, "s"), (1_000, "ms"),
      (1, "us"),
    ]
    let length = microseconds.magnitude
    guard let first = units.firstIndex(where: { length >= $0.length }) else { return "0 s" }
    var text = "\(microseconds < 0 ? "-" : "")\(length / units[first].length) \(units[first].symbol)"
    // Thousandths of a second are of no interest beside whole ones.
    guard first < 3 else { return text }
    let second = length % units[first].length / units[first + 1].length
    if second > 0 { text += " \(second) \(units[first + 1].symbol)" }
    return text
  }
}
