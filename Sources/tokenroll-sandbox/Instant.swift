import Glibc

/// An instant of wall-clock time in microseconds since 1970, read and written as RFC 3339 says.
struct Instant: Hashable, Comparable, Sendable {
  var microseconds: Int64

  static func < (lhs: Instant, rhs: Instant) -> Bool { lhs.microseconds < rhs.microseconds }

  /// The instant that CLOCK_REALTIME shows.
  static func now() -> Instant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }

  func adding(days: Int64) -> Instant { Instant(microseconds: microseconds + days * 86_400_000_000) }
}

// MARK: - RFC 3339

extension Instant: CustomStringConvertible {
  /// `2026-01-31T10:20:30Z`, with six more digits where the instant is not a whole second.
  var description: String {
    var seconds = microseconds / 1_000_000
    var fraction = microseconds % 1_000_000
    if fraction < 0 {
      fraction += 1_000_000
      seconds -= 1
    }
    var days = seconds / 86_400
    var time = seconds % 86_400
    if time < 0 {
      time += 86_400
      days -= 1
    }
    let (year, month, day) = Self.date(days: days)
    var text = ""
    text.reserveCapacity(27)
    Self.append(year, width: 4, to: &text)
    text += "-"
    Self.append(month, width: 2, to: &text)
    text += "-"
    Self.append(day, width: 2, to: &text)
    text += "T"
    Self.append(time / 3600, width: 2, to: &text)
    text += ":"
    Self.append(time / 60 % 60, width: 2, to: &text)
    text += ":"
    Self.append(time % 60, width: 2, to: &text)
    if fraction > 0 {
      text += "."
      Self.append(fraction, width: 6, to: &text)
    }
    return text + "Z"
  }

  private static func append(_ number: Int64, width: Int, to text: inout String) {
    let digits = String(number)
    for _ in 0..<max(0, width - digits.utf8.count) { text += "0" }
    text += digits
  }

  /// Reads `2026-01-31T10:20:30Z`, with a fraction of a second or a numeric offset if there is one.
  init?(rfc3339 text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      bytes[10] | 0x20 == UInt8(ascii: "t"), bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
      let year = Self.number(bytes[0..<4]), let month = Self.number(bytes[5..<7]),
      let day = Self.number(bytes[8..<10]), let hour = Self.number(bytes[11..<13]),
      let minute = Self.number(bytes[14..<16]), let second = Self.number(bytes[17..<19]),
      1...12 ~= month, 1...Self.length(ofMonth: month, year: year) ~= day, hour < 24, minute < 60,
      second <= 60
    else { return nil }
    var rest = bytes[19...]
    var fraction: Int64 = 0
    if rest.first == UInt8(ascii: ".") {
      let digits = rest.dropFirst().prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
      guard !digits.isEmpty else { return nil }
      for place in 0..<6 {
        let index = digits.startIndex + place
        fraction = fraction * 10 + (index < digits.endIndex ? Int64(digits[index] - 0x30) : 0)
      }
      rest = rest[digits.endIndex...]
    }
    guard let offset = Self.offset(rest) else { return nil }
    let time = hour * 3600 + minute * 60 + second - offset
    let seconds = Self.days(year: year, month: month, day: day) * 86_400 + time
    microseconds = seconds * 1_000_000 + fraction
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
    var value: Int64 = 0
    for digit in digits {
      guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit else { return nil }
      value = value * 10 + Int64(digit - 0x30)
    }
    return value
  }

  /// Seconds east of UTC of `Z` or `+hh:mm`.
  private static func offset(_ zone: ArraySlice<UInt8>) -> Int64? {
    let zone = Array(zone)
    if zone.count == 1 { return zone[0] | 0x20 == UInt8(ascii: "z") ? 0 : nil }
    guard zone.count == 6, zone[3] == UInt8(ascii: ":"),
      zone[0] == UInt8(ascii: "+") || zone[0] == UInt8(ascii: "-"),
      let hours = number(zone[1..<3]), let minutes = number(zone[4..<6]), hours < 24, minutes < 60
    else { return nil }
    let seconds = hours * 3600 + minutes * 60
    return zone[0] == UInt8(ascii: "-") ? -seconds : seconds
  }

  private static func length(ofMonth month: Int64, year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days since 1970-01-01 of a date of the proleptic Gregorian calendar; years count from March in between.
  private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    let marchYear = month <= 2 ? year - 1 : year
    let era = marchYear / 400
    let yearOfEra = marchYear - era * 400
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func date(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }
}
