extension CalendarExpression {
  /// Reads an expression in systemd's OnCalendar language (systemd.time(7), "CALENDAR EVENTS", as of version 252).
  ///
  /// Throws with the place and what was expected there. A trailing word that has the form of a time zone name is taken
  /// for one; whether it exists is not checked. What systemd accepts by accident is refused: a sign or a space after `@`,
  /// a time zone other than UTC after a Unix time. Days from the end of a month go to 28 in every place of a list; systemd
  /// 252 lowers the limit by 3 from one place to the next.
  public init(parsing text: String) throws(TimeSyntaxError) {
    let bytes = Array(text.utf8)[...]
    let (zone, end) = try Self.splitZone(bytes)
    var cursor = ByteCursor(bytes[..<end])
    guard !cursor.isAtEnd else {
      throw TimeSyntaxError(
        offset: 0, message: "a calendar expression such as \"Mon *-*-* 03:00\" was expected")
    }
    var fields = CalendarFields()
    if !cursor.takeShorthand(into: &fields) { try cursor.expression(into: &fields) }
    try fields.finish()
    if fields.isUnixTime, case .named(let name) = zone {
      throw TimeSyntaxError(
        offset: end + 1, message: "found \"\(name)\" after a Unix time, which is UTC: expected the end")
    }
    parts = CalendarParts(
      zone: fields.isUnixTime ? .utc : zone, weekdays: fields.weekdays, fromMonthEnd: fields.fromMonthEnd,
      fields: fields.components)
  }

  /// The time zone after the last space, and where the rest ends; dates and times never begin with a letter.
  private static func splitZone(_ bytes: ArraySlice<UInt8>) throws(TimeSyntaxError) -> (Zone, Int) {
    guard let space = bytes.lastIndex(of: 0x20) else { return (.local, bytes.endIndex) }
    let start = space + 1
    var cursor = ByteCursor(bytes[start...])
    guard cursor.current?.isLetter == true, !cursor.beginsWithWeekday else { return (.local, bytes.endIndex) }
    var whole = cursor
    if whole.take("UTC", ignoringCase: true), whole.isAtEnd { return (.utc, space) }
    while true {
      cursor.skip {
        $0.isLetter || $0.digit != nil || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
          || $0 == UInt8(ascii: "+")
      }
      guard !cursor.isAtEnd else { break }
      let slash = cursor
      guard cursor.take("/"), cursor.current != nil, cursor.current != UInt8(ascii: "/") else {
        throw slash.expected("the rest of a time zone name such as \"Europe/Berlin\"")
      }
    }
    guard bytes.endIndex - start <= 255 else {
      throw TimeSyntaxError(offset: start, message: "the name of the time zone is longer than 255 bytes")
    }
    return (.named(String(decoding: bytes[start...], as: UTF8.self)), space)
  }
}

/// The fields of an expression while it is read.
private struct CalendarFields {
  var weekdays: UInt8 = 0
  var fromMonthEnd = false
  var isUnixTime = false
  /// In the order of `CalendarField`; an empty one stands for `*`.
  var components: [[CalendarComponent]] = Array(repeating: [], count: CalendarField.allCases.count)
  /// Where each field begins in the text.
  var offsets: [Int] = Array(repeating: 0, count: CalendarField.allCases.count)

  mutating func set(_ field: CalendarField, _ chain: CalendarChain) {
    components[field.rawValue] = chain.components
    offsets[field.rawValue] = chain.offset
  }

  mutating func set(_ field: CalendarField, _ values: Int32...) {
    components[field.rawValue] = values.map { CalendarComponent(start: $0) }
  }

  mutating func setMidnight() {
    set(.hour, 0)
    set(.minute, 0)
    set(.microsecond, 0)
  }

  /// Completes two-digit years, brings every field into normal form and checks it against its range.
  mutating func finish() throws(TimeSyntaxError) {
    for index in components[CalendarField.year.rawValue].indices {
      components[CalendarField.year.rawValue][index].completeYear()
    }
    for field in CalendarField.allCases {
      let chain = components[field.rawValue].normalized
      for component in chain {
        guard let problem = component.problem(in: field, fromMonthEnd: fromMonthEnd && field == .day) else {
          continue
        }
        throw TimeSyntaxError(offset: offsets[field.rawValue], message: problem)
      }
      components[field.rawValue] = chain
    }
  }
}

/// The components of one field as they were read, and where they begin.
private struct CalendarChain {
  var components: [CalendarComponent]
  var offset: Int
}

extension CalendarComponent {
  /// 70 to 99 are of the last century, 0 to 69 of this.
  fileprivate mutating func completeYear() {
    func complete(_ year: Int32) -> Int32 {
      (0..<70) ~= year ? year + 2_000 : (70..<100) ~= year ? year + 1_900 : year
    }
    start = complete(start)
    stop = complete(stop)
  }

  /// What is wrong with the component as a value of `field`; nil where nothing is.
  fileprivate func problem(in field: CalendarField, fromMonthEnd: Bool) -> String? {
    let range = field.range(fromMonthEnd: fromMonthEnd)
    let unit: Int32 = field == .microsecond ? 1_000_000 : 1
    for value in stop < 0 ? [start] : [start, stop] where !range.contains(value) {
      let number = value / unit
      return
        "\(number) is not \(field.name): expected \(range.lowerBound / unit) to \(range.upperBound / unit)"
        + (fromMonthEnd ? " (days from the end of the month)" : "")
    }
    if stop >= 0, start > stop {
      return "the range \(start / unit)..\(stop / unit) runs backwards: expected the smaller value first"
    }
    let room =
      stop >= 0 ? stop - start : fromMonthEnd ? start - range.lowerBound : range.upperBound - start
    guard period <= room else {
      return
        "a repetition every \(period / unit) from \(start / unit) never comes round: expected at most \(room / unit)"
    }
    return nil
  }
}

// MARK: - Reading

extension ByteCursor {
  private static let weekdayNames: [(long: StaticString, short: StaticString)] = [
    ("Monday", "Mon"), ("Tuesday", "Tue"), ("Wednesday", "Wed"), ("Thursday", "Thu"), ("Friday", "Fri"),
    ("Saturday", "Sat"), ("Sunday", "Sun"),
  ]

  /// Steps over the name of a weekday, whatever its case.
  private mutating func takeWeekday() -> Int? {
    guard current?.isLetter == true else { return nil }
    return Self.weekdayNames.firstIndex {
      take($0.long, ignoringCase: true) || take($0.short, ignoringCase: true)
    }
  }

  fileprivate var beginsWithWeekday: Bool {
    var ahead = self
    return ahead.takeWeekday() != nil && ahead.current?.isLetter != true
  }

  /// Takes the whole text where it is one of the words that stand for an expression.
  fileprivate mutating func takeShorthand(into fields: inout CalendarFields) -> Bool {
    guard current?.isLetter == true else { return false }
    func isWhole(_ names: StaticString...) -> Bool {
      names.contains {
        var ahead = self
        return ahead.take($0, ignoringCase: true) && ahead.isAtEnd
      }
    }
    if isWhole("minutely") {
      fields.set(.microsecond, 0)
      return true
    }
    if isWhole("hourly") {
      fields.set(.minute, 0)
      fields.set(.microsecond, 0)
      return true
    }
    if isWhole("weekly") {
      fields.weekdays = 1
    } else if isWhole("monthly") {
      fields.set(.day, 1)
    } else if isWhole("yearly", "annually", "anually") {
      fields.set(.month, 1)
      fields.set(.day, 1)
    } else if isWhole("quarterly") {
      fields.set(.month, 1, 4, 7, 10)
      fields.set(.day, 1)
    } else if isWhole("semiannually", "semi-annually", "biannually", "bi-annually") {
      fields.set(.month, 1, 7)
      fields.set(.day, 1)
    } else if !isWhole("daily") {
      return false
    }
    fields.setMidnight()
    return true
  }

  fileprivate mutating func expression(into fields: inout CalendarFields) throws(TimeSyntaxError) {
    fields.weekdays = try weekdays()
    if current == UInt8(ascii: "@") {
      try unixTime(into: &fields)
      return
    }
    guard current?.isLetter != true else {
      throw expected("a weekday, a date, a time, \"@\" or a word such as \"daily\"")
    }
    let hadDate = try date(into: &fields)
    if isAtEnd {
      fields.setMidnight()
    } else {
      try time(into: &fields, orDate: !hadDate)
    }
  }

  private mutating func skipSpaces() { skip { $0 == 0x20 } }

  /// Weekdays and ranges of them, and the spaces after; 0 where the text does not begin with one.
  private mutating func weekdays() throws(TimeSyntaxError) -> UInt8 {
    var mask: UInt8 = 0
    var rangeStart: Int?
    while true {
      let start = self
      guard let day = takeWeekday() else {
        guard mask != 0 else { return 0 }
        throw expected("a weekday such as \"Fri\"")
      }
      if let first = rangeStart, first > day {
        throw TimeSyntaxError(
          offset: start.offset,
          message: "the range of weekdays runs backwards: Monday is the first, Sunday the last")
      }
      for day in (rangeStart ?? day)...day { mask |= 1 << UInt8(day) }
      let separator = self
      if take(",") {
        rangeStart = nil
      } else if take("..") || take("-") {
        guard rangeStart == nil else { throw separator.expected("a comma, a space or the end") }
        guard !isAtEnd, current != 0x20 else { throw expected("the weekday that ends the range") }
        rangeStart = day
      } else if !isAtEnd, current != 0x20 {
        throw expected("\",\", \"..\", a space or the end after a weekday")
      }
      // A comma at the end is allowed.
      if isAtEnd || current == 0x20 {
        skipSpaces()
        return mask
      }
    }
  }

  private mutating func unixTime(into fields: inout CalendarFields) throws(TimeSyntaxError) {
    let start = offset
    skip()
    guard current?.digit != nil else { throw expected("a number of seconds since 1970") }
    // 2199-12-31 23:59:59, the last second that an expression can name.
    guard let seconds = number(upTo: 7_258_118_399) else {
      throw TimeSyntaxError(offset: start, message: "the Unix time is beyond the year 2199")
    }
    guard isAtEnd else { throw expected("a digit or the end of the Unix time") }
    let time = CivilTime(seconds: seconds)
    fields.isUnixTime = true
    fields.set(.year, Int32(time.year))
    fields.set(.month, Int32(time.month))
    fields.set(.day, Int32(time.day))
    fields.set(.hour, Int32(time.hour))
    fields.set(.minute, Int32(time.minute))
    fields.set(.microsecond, Int32(time.second * 1_000_000))
  }

  /// A date with the spaces after it; false, and no step, where a time begins here.
  private mutating func date(into fields: inout CalendarFields) throws(TimeSyntaxError) -> Bool {
    guard !isAtEnd else { return false }
    var ahead = self
    let first = try ahead.chain(.month)
    if ahead.isAtEnd || ahead.current == UInt8(ascii: ":") { return false }
    fields.fromMonthEnd = ahead.take("~")
    guard fields.fromMonthEnd || ahead.take("-") else { throw ahead.expected("\"-\", \"~\" or \":\"") }
    let second = try ahead.chain(.day)
    if ahead.isAtEnd || ahead.current == 0x20 {
      fields.set(.month, first)
      fields.set(.day, second)
    } else {
      guard !fields.fromMonthEnd else { throw ahead.expected("a space or the end after the day") }
      fields.fromMonthEnd = ahead.take("~")
      guard fields.fromMonthEnd || ahead.take("-") else { throw ahead.expected("\"-\" or \"~\"") }
      let third = try ahead.chain(.day)
      guard ahead.isAtEnd || ahead.current == 0x20 else {
        throw ahead.expected("a space or the end after the day")
      }
      fields.set(.year, first)
      fields.set(.month, second)
      fields.set(.day, third)
    }
    ahead.skipSpaces()
    self = ahead
    return true
  }

  private mutating func time(into fields: inout CalendarFields, orDate: Bool) throws(TimeSyntaxError) {
    fields.set(.hour, try chain(.hour))
    guard take(":") else { throw expected(orDate ? "\":\" or \"-\"" : "\":\"") }
    fields.set(.minute, try chain(.minute))
    if isAtEnd {
      fields.set(.microsecond, 0)
      return
    }
    guard take(":") else { throw expected("\":\" or the end") }
    fields.set(.microsecond, try chain(.microsecond))
    guard isAtEnd else { throw expected("the end") }
  }

  /// `*`, or components with commas between them.
  private mutating func chain(_ field: CalendarField) throws(TimeSyntaxError) -> CalendarChain {
    let start = offset
    if take("*") {
      let everySecond = [CalendarComponent(start: 0, period: 1_000_000)]
      return CalendarChain(components: field == .microsecond ? everySecond : [], offset: start)
    }
    var components: [CalendarComponent] = []
    repeat {
      // The limit of systemd.
      guard components.count <= 240 else { throw expected("no more than 241 elements in a list") }
      components.append(try component(isSecond: field == .microsecond, orStar: components.isEmpty))
    } while take(",")
    return CalendarChain(components: components, offset: start)
  }

  private mutating func component(isSecond: Bool, orStar: Bool) throws(TimeSyntaxError) -> CalendarComponent {
    let unit: Int32 = isSecond ? 1_000_000 : 1
    var component = CalendarComponent(start: 0)
    let start = offset
    component.start = try value(isSecond, orStar ? "a number or \"*\"" : "a number")
    if take("..") {
      component.stop = try value(isSecond, "the number that ends the range")
      component.period = unit
    }
    let slash = self
    if take("/") {
      component.period = try value(isSecond, "the distance of the repetition")
      guard component.period > 0 else { throw slash.expected("a distance above 0") }
    } else if isSecond, component.stop >= 0, component.stop - component.start < unit {
      throw TimeSyntaxError(
        offset: start,
        message: "the range of seconds is shorter than one: expected a repetition such as \"/0.25\" after it")
    }
    switch current {
    case nil, 0x20, UInt8(ascii: ","), UInt8(ascii: "-"), UInt8(ascii: "~"), UInt8(ascii: ":"):
      return component
    default: throw expected("one of \",\" \"..\" \"/\" \"-\" \"~\" \":\", a space or the end")
    }
  }

  /// A number, for seconds with decimals, in units of the field; decimals beyond the sixth round.
  private mutating func value(_ isSecond: Bool, _ name: String) throws(TimeSyntaxError) -> Int32 {
    let start = offset
    guard current?.digit != nil else { throw expected(name) }
    let limit: Int64 = isSecond ? 2_147 : Int64(Int32.max)
    guard var value = number(upTo: limit) else {
      throw TimeSyntaxError(offset: start, message: "the number is too large: expected at most \(limit)")
    }
    guard isSecond else { return Int32(value) }
    value *= 1_000_000
    if current == UInt8(ascii: "."), byte(after: 1) != UInt8(ascii: ".") {
      skip()
      guard current?.digit != nil else { throw expected("a digit after the decimal point") }
      value += microseconds()
    }
    guard let exact = Int32(exactly: value) else {
      throw TimeSyntaxError(offset: start, message: "the number is too large: expected at most \(limit)")
    }
    return exact
  }

  private mutating func microseconds() -> Int64 {
    var sum: Int64 = 0
    var place: Int64 = 100_000
    while place > 0, let digit = current?.digit {
      sum += digit * place
      place /= 10
      skip()
    }
    if place == 0, let digit = current?.digit, digit >= 5 { sum += 1 }
    skip { $0.digit != nil }
    return sum
  }
}
