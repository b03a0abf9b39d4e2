/// A POSIX TZ string with the extensions of RFC 9636: `CET-1CEST,M3.5.0,M10.5.0/3`, `<+03>-3`.
struct POSIXTimeZone {
  /// The day of a change of clocks and the local time at which it happens.
  struct Change {
    enum Day {
      /// `Jn`, 1 to 365: February 29 is never counted.
      case julian(Int)
      /// `n`, 0 to 365: February 29 is counted.
      case zeroBased(Int)
      /// `Mm.w.d`: week 5 is the last; weekday 0 is Sunday.
      case weekday(month: Int, week: Int, weekday: Int)
    }

    var day: Day
    /// Seconds after midnight, -167 to 167 hours.
    var time: Int

    /// The local second of the change in `year`.
    func second(in year: Int) -> Int64 {
      let newYear = CivilTime.day(ofYear: year, month: 1, day: 1)
      let day =
        switch day {
        case .julian(let day): newYear + day - 1 + (day >= 60 && CivilTime.isLeap(year) ? 1 : 0)
        case .zeroBased(let day): newYear + day
        case .weekday(let month, let week, let weekday): Self.day(year, month, week, weekday)
        }
      return Int64(day * 86_400 + time)
    }

    private static func day(_ year: Int, _ month: Int, _ week: Int, _ weekday: Int) -> Int {
      let first = CivilTime.day(ofYear: year, month: month, day: 1)
      let distance = (weekday + 6 - CivilTime.weekday(ofDay: first) + 7) % 7
      let last = CivilTime.length(ofMonth: month, year: year) - 1
      let inWeek = distance + 7 * (week - 1)
      return first + (inWeek > last ? inWeek - 7 : inWeek)
    }
  }

  struct Daylight {
    var type: TimeZoneRules.LocalTimeType
    var begins: Change
    var ends: Change
  }

  var standard: TimeZoneRules.LocalTimeType
  var daylight: Daylight?

  init(_ cursor: inout ByteCursor) throws(TimeSyntaxError) {
    let name = try cursor.zoneAbbreviation()
    let offset = -(try cursor.signedTime(hours: 24, "an offset from UTC"))
    standard = TimeZoneRules.LocalTimeType(offset: offset, abbreviation: name)
    guard !cursor.isAtEnd else { return }
    let daylightName = try cursor.zoneAbbreviation()
    var saving = TimeZoneRules.LocalTimeType(
      offset: offset + 3_600, isDaylightSaving: true, abbreviation: daylightName)
    if !cursor.isAtEnd, cursor.current != UInt8(ascii: ",") {
      saving.offset = -(try cursor.signedTime(hours: 24, "an offset from UTC"))
    }
    if cursor.isAtEnd {
      // No rule given: that of the United States, as in tzset(3) of glibc.
      daylight = Daylight(
        type: saving,
        begins: Change(day: .weekday(month: 3, week: 2, weekday: 0), time: 7_200),
        ends: Change(day: .weekday(month: 11, week: 1, weekday: 0), time: 7_200))
    } else {
      daylight = Daylight(type: saving, begins: try cursor.change(), ends: try cursor.change())
    }
    guard cursor.isAtEnd else { throw cursor.expected("the end of the rule") }
  }
}

extension TimeZoneRules {
  /// The rules that a POSIX TZ string states (tzset(3), RFC 9636 section 3.3.1), such as `CET-1CEST,M3.5.0,M10.5.0/3`.
  public init(posix text: String) throws(TimeSyntaxError) {
    var cursor = ByteCursor(text)
    self.init(footer: try POSIXTimeZone(&cursor))
  }

  private init(footer: POSIXTimeZone) {
    self.init(
      types: [footer.standard], transitions: [], transitionTypes: [], firstType: 0, footer: footer)
  }
}

extension ByteCursor {
  /// Three letters or more, or letters, digits and signs between angle brackets.
  fileprivate mutating func zoneAbbreviation() throws(TimeSyntaxError) -> String {
    let quoted = take("<")
    let start = offset
    skip { $0.isLetter || quoted && ($0.digit != nil || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-")) }
    guard offset - start >= 3 else { throw expected("an abbreviation of three letters or more") }
    let name = String(decoding: bytes[start..<offset], as: UTF8.self)
    guard !quoted || take(">") else { throw expected("\">\"") }
    return name
  }

  /// `[+-]h[h[h]][:mm[:ss]]` in seconds.
  fileprivate mutating func signedTime(hours limit: Int64, _ name: String) throws(TimeSyntaxError) -> Int {
    let negative = take("-")
    if !negative { _ = take("+") }
    guard let hours = number(upTo: limit) else { throw expected("\(name) of 0 to \(limit) hours") }
    var seconds = Int(hours) * 3_600
    if take(":") {
      seconds += try part("minutes") * 60
      if take(":") { seconds += try part("seconds") }
    }
    return negative ? -seconds : seconds
  }

  private mutating func part(_ name: String) throws(TimeSyntaxError) -> Int {
    guard let value = number(upTo: 59) else { throw expected("\(name) of 0 to 59") }
    return Int(value)
  }

  fileprivate mutating func change() throws(TimeSyntaxError) -> POSIXTimeZone.Change {
    guard take(",") else { throw expected("\",\" and a date of change") }
    let day: POSIXTimeZone.Change.Day
    if take("M") {
      let month = try field(1...12, "a month")
      guard take(".") else { throw expected("\".\"") }
      let week = try field(1...5, "a week")
      guard take(".") else { throw expected("\".\"") }
      day = .weekday(month: month, week: week, weekday: try field(0...6, "a weekday"))
    } else if take("J") {
      day = .julian(try field(1...365, "a day of the year"))
    } else {
      day = .zeroBased(try field(0...365, "a day of the year"))
    }
    let time = take("/") ? try signedTime(hours: 167, "a time") : 7_200
    return POSIXTimeZone.Change(day: day, time: time)
  }

  private mutating func field(_ range: ClosedRange<Int>, _ name: String) throws(TimeSyntaxError) -> Int {
    var ahead = self
    guard let value = ahead.number(upTo: Int64(range.upperBound)), range.contains(Int(value)) else {
      throw expected("\(name) of \(range.lowerBound) to \(range.upperBound)")
    }
    self = ahead
    return Int(value)
  }
}
