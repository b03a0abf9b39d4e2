extension CalendarExpression {
  /// Whether the second that holds `instant` belongs to the expression by the clocks of `rules`.
  ///
  /// This reads an expression as a set of windows: `Mon..Fri 08..17:*:*` is office hours, `daily` the one second at
  /// midnight. A time that the clocks show twice belongs to it both times.
  public func matches(_ instant: Timestamp, in rules: TimeZoneRules) -> Bool {
    let seconds = instant.seconds
    return parts.matches(second: seconds + rules.segment(at: seconds).offset)
  }

  /// The first whole second from `instant` on that does not belong to the expression; `instant` itself where it does not.
  ///
  /// Nil where the window goes on to the end of the year 2199.
  public func end(ofWindowContaining instant: Timestamp, in rules: TimeZoneRules) -> Timestamp? {
    var seconds = instant.seconds
    guard seconds >= -172_800, seconds < CalendarParts.end + 172_800 else { return instant }
    var segment = rules.segment(at: seconds)
    guard parts.matches(second: seconds + segment.offset) else { return instant }
    while let local = parts.firstMismatch(from: seconds + segment.offset) {
      if segment.end == .max || local - segment.offset < segment.end {
        return Timestamp(seconds: local - segment.offset)
      }
      // The clocks change before the window ends: go on with what they show then.
      seconds = segment.end
      segment = rules.segment(at: seconds)
    }
    return nil
  }
}

extension CalendarParts {
  func matches(second: Int64) -> Bool {
    guard second >= 0, second < Self.end else { return false }
    let time = second % 86_400
    return seconds & (1 << UInt64(time % 60)) != 0 && minutes & (1 << UInt64(time / 60 % 60)) != 0
      && hours & (1 << UInt32(time / 3_600)) != 0 && isOn(day: Int(second / 86_400))
  }

  /// The first local second from a given one on that does not belong to the expression; nil where none is left.
  func firstMismatch(from second: Int64) -> Int64? {
    guard second < Self.end else { return nil }
    guard matches(second: second) else { return second }
    let day = Int(second / 86_400)
    if let time = firstMismatch(inDayFrom: Int(second % 86_400)) { return Int64(day) * 86_400 + Int64(time) }
    guard hasWholeDays else {
      // The next day begins with a match or it does not; its end comes within it.
      let next = Int64(day + 1) * 86_400
      return isOn(day: day + 1) || next == Self.end ? firstMismatch(from: next) : next
    }
    return firstDayOff(after: day).map { Int64($0) * 86_400 }
  }

  private static let everyMinute: UInt64 = 1 << 60 - 1
  private static let everyHour: UInt32 = 1 << 24 - 1

  private var hasWholeDays: Bool {
    hours == Self.everyHour && minutes == Self.everyMinute && seconds == Self.everyMinute
  }

  /// The first second of a day after a matching one that does not match; nil where the rest of the day does.
  private func firstMismatch(inDayFrom time: Int) -> Int? {
    let second = time % 60
    let minute = time / 60 % 60
    let hour = time / 3_600
    let mismatch = (~seconds >> UInt64(second)).trailingZeroBitCount + second
    if mismatch < 60 { return time - second + mismatch }
    // From here on at whole minutes, which match or mismatch by their first second.
    let startOfMinute = time - second + 60
    guard seconds == Self.everyMinute else {
      return nextMinute(startOfMinute)
    }
    let minuteOff = (~minutes >> UInt64(minute)).trailingZeroBitCount + minute
    if minuteOff < 60 { return hour * 3_600 + minuteOff * 60 }
    guard minutes == Self.everyMinute else {
      let startOfHour = (hour + 1) * 3_600
      guard startOfHour < 86_400 else { return nil }
      guard hours & (1 << UInt32(hour + 1)) != 0, minutes & 1 != 0 else { return startOfHour }
      return firstMismatch(inDayFrom: startOfHour)
    }
    let hourOff = (~hours >> UInt32(hour)).trailingZeroBitCount + hour
    return hourOff < 24 ? hourOff * 3_600 : nil
  }

  /// As above from the start of a minute on, where not every second matches.
  private func nextMinute(_ start: Int) -> Int? {
    guard start < 86_400 else { return nil }
    let isOn =
      hours & (1 << UInt32(start / 3_600)) != 0 && minutes & (1 << UInt64(start / 60 % 60)) != 0
      && seconds & 1 != 0
    return isOn ? start + (~seconds).trailingZeroBitCount : start
  }

  /// The first day after `day` that does not belong to the expression; nil where none is left.
  private func firstDayOff(after day: Int) -> Int? {
    let date = CivilTime.date(ofDay: day + 1)
    var year = date.year
    var month = date.month
    var from = date.day
    while hasYear(year), months & (1 << UInt16(month)) != 0 {
      let off = ~days(inMonth: month, ofYear: year) >> UInt64(from)
      let dayOff = off.trailingZeroBitCount + from
      if dayOff <= CivilTime.length(ofMonth: month, year: year) {
        return CivilTime.day(ofYear: year, month: month, day: dayOff)
      }
      from = 1
      month += 1
      if month > 12 {
        month = 1
        year += 1
      }
    }
    return year > 2199 ? nil : CivilTime.day(ofYear: year, month: month, day: from)
  }
}
