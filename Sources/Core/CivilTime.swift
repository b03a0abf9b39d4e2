/// A date and a time of day in the proleptic Gregorian calendar, without a time zone.
public struct CivilTime: Hashable, Sendable {
  /// The year; 0 is 1 BC.
  public var year: Int
  /// The month, 1 to 12.
  public var month: Int
  /// The day of the month, 1 to 31.
  public var day: Int
  /// The hour, 0 to 23.
  public var hour: Int
  /// The minute, 0 to 59.
  public var minute: Int
  /// The second, 0 to 59; leap seconds are not counted.
  public var second: Int
  /// The microsecond, 0 to 999,999.
  public var microsecond: Int

  /// The date and time of these parts; a part beyond its range counts on into the next larger one, except the month.
  public init(
    year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0, microsecond: Int = 0
  ) {
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
    self.microsecond = microsecond
  }

  /// The date and time `seconds` (and `microsecond`) after 1970-01-01 00:00:00 of the same clock.
  public init(seconds: Int64, microsecond: Int = 0) {
    let days = Int(seconds.flooredQuotient(86_400))
    let time = Int(seconds) - days * 86_400
    let date = Self.date(ofDay: days)
    self.init(
      year: date.year, month: date.month, day: date.day, hour: time / 3_600, minute: time / 60 % 60,
      second: time % 60, microsecond: microsecond)
  }

  /// Seconds since 1970-01-01 00:00:00 of the same clock; the microsecond is left out.
  public var seconds: Int64 {
    Int64(Self.day(ofYear: year, month: month, day: day) * 86_400 + hour * 3_600 + minute * 60 + second)
  }

  /// The day of the week: 0 is Monday, 6 is Sunday.
  public var weekday: Int { Self.weekday(ofDay: Self.day(ofYear: year, month: month, day: day)) }
}

// MARK: - The calendar

extension CivilTime {
  /// Days from 1970-01-01 to a date: eras of 400 years, each year beginning in March so that a leap day comes last.
  static func day(ofYear year: Int, month: Int, day: Int) -> Int {
    let marchYear = month <= 2 ? year - 1 : year
    let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
    let yearOfEra = marchYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// The date `day` days after 1970-01-01.
  static func date(ofDay day: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1
    )
  }

  /// The weekday of the day `day` days after 1970-01-01, a Thursday: 0 is Monday.
  static func weekday(ofDay day: Int) -> Int {
    let remainder = (day + 3) % 7
    return remainder < 0 ? remainder + 7 : remainder
  }

  static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  static func length(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension Int64 {
  /// The quotient rounded down, for a positive divisor.
  func flooredQuotient(_ divisor: Int64) -> Int64 {
    self >= 0 ? self / divisor : -1 - (-1 - self) / divisor
  }
}
