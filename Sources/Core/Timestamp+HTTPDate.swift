extension Timestamp {
  /// Reads an HTTP date in any of the three forms of RFC 9110, section 5.6.7; nil where the text is none of them.
  ///
  /// The forms are `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`,
  /// in exactly this spelling. A day of the week that the date contradicts is refused. The two-digit year of the
  /// second form belongs to the century (1900 or 2000) in which the day of the week is right, so no clock is needed.
  public init?(httpDate text: String) {
    var cursor = ByteCursor(text)
    guard let time = cursor.httpDate(), cursor.isAtEnd else { return nil }
    self.init(seconds: time.seconds)
  }
}

private let shortWeekdays: [StaticString] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
private let longWeekdays: [StaticString] = [
  "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
]
private let months: [StaticString] = [
  "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
]

extension ByteCursor {
  fileprivate mutating func httpDate() -> CivilTime? {
    if let weekday = index(longWeekdays) { return obsoleteDate(weekday) }
    guard let weekday = index(shortWeekdays) else { return nil }
    return take(", ") ? fixedDate(weekday) : asctimeDate(weekday)
  }

  private mutating func fixedDate(_ weekday: Int) -> CivilTime? {
    guard let day = digits(2), take(" "), let month = index(months), take(" "), let year = digits(4),
      take(" "),
      let time = timeOfDay(), take(" GMT")
    else { return nil }
    return civil(year, month, day, time, weekday)
  }

  private mutating func obsoleteDate(_ weekday: Int) -> CivilTime? {
    guard take(", "), let day = digits(2), take("-"), let month = index(months), take("-"),
      let year = digits(2),
      take(" "), let time = timeOfDay(), take(" GMT")
    else { return nil }
    return civil(2_000 + year, month, day, time, weekday) ?? civil(1_900 + year, month, day, time, weekday)
  }

  private mutating func asctimeDate(_ weekday: Int) -> CivilTime? {
    guard take(" "), let month = index(months), take(" "), let day = take(" ") ? digits(1) : digits(2),
      take(" "),
      let time = timeOfDay(), take(" "), let year = digits(4)
    else { return nil }
    return civil(year, month, day, time, weekday)
  }

  private mutating func timeOfDay() -> (hour: Int, minute: Int, second: Int)? {
    guard let hour = digits(2), hour < 24, take(":"), let minute = digits(2), minute < 60, take(":"),
      let second = digits(2), second <= 60
    else { return nil }
    return (hour, minute, second)
  }

  private func civil(
    _ year: Int, _ month: Int, _ day: Int, _ time: (hour: Int, minute: Int, second: Int), _ weekday: Int
  ) -> CivilTime? {
    guard day >= 1, day <= CivilTime.length(ofMonth: month + 1, year: year) else { return nil }
    let civil = CivilTime(
      year: year, month: month + 1, day: day, hour: time.hour, minute: time.minute, second: time.second)
    return civil.weekday == weekday ? civil : nil
  }

  private mutating func index(_ names: [StaticString]) -> Int? {
    for (index, name) in names.enumerated() where take(name) { return index }
    return nil
  }
}
