extension Timestamp {
  /// The instant in UTC to the second, rounded down, as RFC 3339 writes it: `2026-11-25T02:53:35Z`.
  ///
  /// Years outside 0000 to 9999, which RFC 3339 has no form for, get a sign and as many digits as they need.
  public var rfc3339: String { rfc3339(microseconds: false) }

  /// The instant in UTC as RFC 3339 writes it, with six decimals of the second where `microseconds`.
  public func rfc3339(microseconds: Bool) -> String {
    let time = CivilTime(seconds: seconds)
    var text = time.year < 0 ? "-" : time.year > 9_999 ? "+" : ""
    text.append(time.year.magnitude, width: 4)
    text.append("-", time.month)
    text.append("-", time.day)
    text.append("T", time.hour)
    text.append(":", time.minute)
    text.append(":", time.second)
    if microseconds {
      text += "."
      text.append(microsecondOfSecond, width: 6)
    }
    return text + "Z"
  }

  /// Reads a date-time of RFC 3339: `2026-11-25T02:53:35Z`, `2026-11-25t03:53:35.25+01:00`.
  ///
  /// Decimals beyond the sixth are cut off. The second 60 is accepted where it ends a UTC day, and is the second after.
  /// Throws where the text departs from the grammar or names a date that does not exist.
  public init(rfc3339 text: String) throws(TimeSyntaxError) {
    var cursor = ByteCursor(text)
    let year = try cursor.part("a year", 4, 0...9_999)
    try cursor.separator("-")
    let month = try cursor.part("a month", 2, 1...12)
    try cursor.separator("-")
    let day = try cursor.part("a day", 2, 1...CivilTime.length(ofMonth: month, year: year))
    guard cursor.take("T", ignoringCase: true) else { throw cursor.expected("\"T\"") }
    let hour = try cursor.part("an hour", 2, 0...23)
    try cursor.separator(":")
    let minute = try cursor.part("a minute", 2, 0...59)
    try cursor.separator(":")
    let secondOffset = cursor.offset
    let second = try cursor.part("a second", 2, 0...60)
    let microsecond = try cursor.decimals()
    let shift = try cursor.zone()
    guard cursor.isAtEnd else { throw cursor.expected("the end") }
    let local = CivilTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    let seconds = local.seconds - Int64(shift)
    if second == 60, seconds.flooredQuotient(86_400) * 86_400 != seconds {
      throw TimeSyntaxError(
        offset: secondOffset, message: "the second 60 exists at the end of a UTC day only")
    }
    self.init(microseconds: seconds * 1_000_000 + microsecond)
  }
}

extension String {
  /// Appends a separator and two digits.
  fileprivate mutating func append(_ separator: String, _ value: Int) {
    append(separator)
    append(value, width: 2)
  }
}

extension ByteCursor {
  fileprivate mutating func part(
    _ name: String, _ count: Int, _ range: ClosedRange<Int>
  ) throws(TimeSyntaxError) -> Int {
    let start = offset
    guard let value = digits(count) else { throw expected("\(name) of \(count) digits") }
    guard range.contains(value) else {
      throw TimeSyntaxError(
        offset: start,
        message: "\(value) is not \(name): expected \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  fileprivate mutating func separator(_ separator: StaticString) throws(TimeSyntaxError) {
    guard take(separator) else { throw expected("\"\(separator)\"") }
  }

  fileprivate mutating func decimals() throws(TimeSyntaxError) -> Int64 {
    guard take(".") else { return 0 }
    var unit: Int64 = 100_000
    guard current?.digit != nil else { throw expected("a digit") }
    var sum: Int64 = 0
    while let digit = current?.digit {
      sum += digit * unit
      unit /= 10
      skip()
    }
    return sum
  }

  fileprivate mutating func zone() throws(TimeSyntaxError) -> Int {
    if take("Z", ignoringCase: true) { return 0 }
    let sign = current == UInt8(ascii: "-") ? -1 : 1
    guard take("+") || take("-") else { throw expected("\"Z\" or an offset such as \"+01:00\"") }
    let hours = try part("an hour", 2, 0...23)
    try separator(":")
    return sign * (hours * 3_600 + (try part("a minute", 2, 0...59)) * 60)
  }
}
