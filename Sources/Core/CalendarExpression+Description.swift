extension CalendarExpression {
  /// The normal form, as systemd prints it: `Mon *-*-* 00:00:00 Europe/Berlin`.
  ///
  /// `CalendarExpression(parsing:)` reads it back to an equal expression.
  public var description: String {
    var text = parts.weekdays == 0x7F ? "" : Self.weekdays(parts.weekdays) + " "
    text.append(parts[.year], width: 4)
    text += "-"
    text.append(parts[.month], width: 2)
    text += parts.fromMonthEnd ? "~" : "-"
    text.append(parts[.day], width: 2)
    text += " "
    text.append(parts[.hour], width: 2)
    text += ":"
    text.append(parts[.minute], width: 2)
    text += ":"
    text.append(parts[.microsecond], width: 2, unit: 1_000_000)
    switch zone {
    case .local: return text
    case .utc: return text + " UTC"
    case .named(let name): return text + " " + name
    }
  }

  /// Single days and pairs with commas, three or more in a row as a range.
  private static func weekdays(_ mask: UInt8) -> String {
    let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    var runs: [String] = []
    var day = 0
    while day < 7 {
      let first = day
      while day < 7, mask & (1 << UInt8(day)) != 0 { day += 1 }
      switch day - first {
      case 0: day += 1
      case 1: runs.append(names[first])
      case 2: runs.append("\(names[first]),\(names[day - 1])")
      default: runs.append("\(names[first])..\(names[day - 1])")
      }
    }
    return runs.joined(separator: ",")
  }
}

extension String {
  /// Appends the components of one field, whose values count `unit`ths.
  fileprivate mutating func append(_ components: ArraySlice<CalendarComponent>, width: Int, unit: Int32 = 1) {
    let everySecond = CalendarComponent(start: 0, period: unit)
    guard !components.isEmpty, unit == 1 || !components.contains(everySecond) else { return append("*") }
    var isFirst = true
    for component in components {
      if !isFirst { append(",") }
      isFirst = false
      append(component.start, width: width, unit: unit)
      if component.stop >= 0 {
        append("..")
        append(component.stop, width: width, unit: unit)
      }
      if component.period > 0, component.stop < 0 || component.period != unit {
        append("/")
        append(component.period, width: 1, unit: unit)
      }
    }
  }

  private mutating func append(_ value: Int32, width: Int, unit: Int32) {
    append(value / unit, width: width)
    guard value % unit > 0 else { return }
    append(".")
    append(value % unit, width: 6)
  }
}
