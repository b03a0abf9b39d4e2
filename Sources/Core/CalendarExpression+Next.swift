extension CalendarExpression {
  /// The first instant after `instant` at which the expression elapses by the clocks of `rules`; nil where none is left.
  ///
  /// Years go from 1970 to 2199, as in systemd. Two things are done otherwise than by systemd 252: a local time that the
  /// clocks skip elapses at the instant to which they jump, and one that they show twice elapses once, the first time.
  public func next(after instant: Timestamp, in rules: TimeZoneRules) -> Timestamp? {
    // Two days around the years, so that no sum overflows whatever the offset.
    guard instant.seconds < CalendarParts.end + 172_800 else { return nil }
    let from = max(instant, Timestamp(seconds: -172_800))
    let local = max(0, rules.firstLocalMicrosecond(after: from))
    let (second, microsecond) = local.quotientAndRemainder(dividingBy: 1_000_000)
    guard let next = parts.next(fromSecond: second, microsecond: Int32(microsecond)) else { return nil }
    return rules.instant(ofLocal: next.second, microsecond: Int64(next.microsecond))
  }
}

extension CalendarParts {
  /// 2200-01-01 00:00:00: the first local second that no expression reaches.
  static let end: Int64 = 7_258_118_400

  /// The first local time from the given one on that belongs to the expression; nil where none is left.
  func next(fromSecond second: Int64, microsecond: Int32) -> (second: Int64, microsecond: Int32)? {
    guard second < Self.end else { return nil }
    let today = Int(second / 86_400)
    if isOn(day: today),
      let time = next(fromSecondOfDay: Int32(second % 86_400), microsecond: microsecond)
    {
      return (Int64(today) * 86_400 + Int64(time.second), time.microsecond)
    }
    guard let day = nextDay(from: today + 1), let time = next(fromSecondOfDay: 0, microsecond: 0) else {
      return nil
    }
    return (Int64(day) * 86_400 + Int64(time.second), time.microsecond)
  }

  /// Whether the day, counted from 1970-01-01, belongs to the expression.
  func isOn(day: Int) -> Bool {
    let date = CivilTime.date(ofDay: day)
    guard months & (1 << UInt16(date.month)) != 0, hasYear(date.year) else { return false }
    return days(inMonth: date.month, ofYear: date.year) & (1 << UInt64(date.day)) != 0
  }

  func hasYear(_ year: Int) -> Bool {
    guard year >= 1970, year <= 2199 else { return false }
    let years = self[.year]
    return years.isEmpty || years.next(from: Int32(year)) == Int32(year)
  }

  /// The days of a month that belong to the expression, as bits 1 to 31: weekdays, month's end and length considered.
  func days(inMonth month: Int, ofYear year: Int) -> UInt64 {
    let length = CivilTime.length(ofMonth: month, year: year)
    let ofMonth = fromMonthEnd ? days.reversedDays(length: length) : UInt64(days)
    let first = CivilTime.weekday(ofDay: CivilTime.day(ofYear: year, month: month, day: 1))
    // Six weeks of weekdays in a row, moved so that bit 1 is the first of the month.
    let weeks = ((UInt64(weekdays) * 0x8_1020_4081) >> UInt64(first)) << 1
    return ofMonth & weeks & ((2 << UInt64(length)) - 2)
  }

  private func nextDay(from day: Int) -> Int? {
    let date = CivilTime.date(ofDay: day)
    var year = date.year
    var month = date.month
    var above = UInt64.max << UInt64(date.day)
    while year <= 2199 {
      let years = self[.year]
      if !years.isEmpty, let next = years.next(from: Int32(year)), next != year {
        year = Int(next)
        month = 1
        above = .max
        continue
      } else if !years.isEmpty, years.next(from: Int32(year)) == nil {
        return nil
      }
      let left = months & (UInt16.max << UInt16(month))
      guard left != 0 else {
        year += 1
        month = 1
        above = .max
        continue
      }
      if left.trailingZeroBitCount != month {
        month = left.trailingZeroBitCount
        above = .max
      }
      let matching = days(inMonth: month, ofYear: year) & above
      if matching != 0 {
        return CivilTime.day(ofYear: year, month: month, day: matching.trailingZeroBitCount)
      }
      month += 1
      above = .max
    }
    return nil
  }

  /// The first time of a day from the given one on; nil where none is left on the day.
  private func next(fromSecondOfDay second: Int32, microsecond: Int32) -> (second: Int32, microsecond: Int32)?
  {
    var hour = second / 3_600
    var minute = second / 60 % 60
    if hours & (1 << UInt32(hour)) != 0 {
      if minutes & (1 << UInt64(minute)) != 0,
        let next = nextMicrosecond(from: second % 60 * 1_000_000 + microsecond)
      {
        return (hour * 3_600 + minute * 60 + next / 1_000_000, next % 1_000_000)
      }
      minute += 1
    } else {
      minute = 60
    }
    var minutesLeft = minutes & (UInt64.max << UInt64(minute))
    if minutesLeft == 0 {
      let hoursLeft = UInt64(hours) & (UInt64.max << UInt64(hour + 1))
      guard hoursLeft != 0 else { return nil }
      hour = Int32(hoursLeft.trailingZeroBitCount)
      minutesLeft = minutes
    }
    guard let next = nextMicrosecond(from: 0) else { return nil }
    return (
      hour * 3_600 + Int32(minutesLeft.trailingZeroBitCount) * 60 + next / 1_000_000, next % 1_000_000
    )
  }

  private func nextMicrosecond(from microsecond: Int32) -> Int32? {
    guard let next = self[.microsecond].next(from: microsecond), next < 60_000_000 else { return nil }
    return next
  }
}

extension UInt32 {
  /// Days from the end of a month of `length` days (bit 1 is its last) as days of the month.
  fileprivate func reversedDays(length: Int) -> UInt64 {
    var bits = self
    bits = (bits & 0x5555_5555) << 1 | (bits >> 1) & 0x5555_5555
    bits = (bits & 0x3333_3333) << 2 | (bits >> 2) & 0x3333_3333
    bits = (bits & 0x0F0F_0F0F) << 4 | (bits >> 4) & 0x0F0F_0F0F
    // Bit n has become bit 31 - n; it has to be bit length + 1 - n.
    return (UInt64(bits.byteSwapped) << 1) >> UInt64(31 - length)
  }
}
