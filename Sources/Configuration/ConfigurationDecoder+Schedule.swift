internal import Core
internal import JSON

extension ConfigurationDecoder {
  /// The longest `every` and `jitter`: 10 years of 365.25 days.
  static let longest = TimeSpan.seconds(10 * 31_557_600)

  func scheduleParts(_ node: JSONNode) -> ScheduleParts {
    var parts = ScheduleParts()
    let isObject = members(of: node, ConfigurationKey.Schedule.self) { key, value in
      switch key {
      case .every: parts.every = span(value, in: .seconds(1)...Self.longest)
      case .calendar: parts.calendar = calendar(value)
      case .jitter: parts.jitter = span(value, in: .zero...Self.longest)
      case .catchUp: parts.catchUp = boolean(value)
      case .first: parts.first = choice(value, Schedule.First.self)
      case .notDuring: parts.notDuring = windows(value)
      }
    }
    guard isObject else { return .refused }
    if !parts.every.isAbsent, !parts.calendar.isAbsent {
      report("\"every\" and \"calendar\" exclude one another; write one of them", at: node)
      (parts.every, parts.calendar) = (.refused, .refused)
    }
    if case .given(let every, _) = parts.every, case .given(let jitter, let offset) = parts.jitter,
      jitter > every
    {
      log.add("\(jitter) is longer than \"every\", \(every)", at: offset)
      parts.jitter = .refused
    }
    return parts
  }

  private func windows(_ node: JSONNode) -> Field<[CalendarExpression]> {
    guard node.kind == .array else { return refuse(node, insteadOf: "an array of calendar expressions") }
    let fields = node.elements.map(window)
    let expressions = fields.compactMap(\.value)
    guard expressions.count == fields.count else { return .refused }
    return .given(sharedWindows.shared(expressions), offset: node.offset)
  }

  /// A window is what an expression covers, so one that names single seconds keeps nothing from happening.
  private func window(_ node: JSONNode) -> Field<CalendarExpression> {
    let field = calendar(node)
    guard let expression = field.value else { return field }
    // In the normal form "Mon *-*-* 08..17:*:* UTC".
    let words = expression.description.split(separator: " ")
    let seconds = words.first { $0.utf8.contains(UInt8(ascii: ":")) }?.split(separator: ":").last ?? ""
    // Of the characters of seconds, only a range can have two full stops in a row.
    guard seconds == "*" || zip(seconds, seconds.dropFirst()).contains(where: { $0 == "." && $1 == "." })
    else {
      return refuse(
        node,
        "\(quotation(node.string ?? "")) covers single seconds only; a window is e.g. \"Mon..Fri 08..17:*:*\""
      )
    }
    guard words.prefix(2) != ["*-*-*", "*:*:*"] else {
      return refuse(
        node, "\(quotation(node.string ?? "")) covers all time; to freeze an entry write \"enabled\": false")
    }
    return field
  }

  /// The schedule of an entry: its own parts (nil where it has none) over the defaults; `node` is what lacks a cadence.
  func schedule(_ own: ScheduleParts?, at node: JSONNode) -> Schedule? {
    let parts = own?.over(defaults.schedule) ?? defaults.schedule
    guard parts.hasCadence else {
      report("the schedule has neither \"every\" nor \"calendar\", here or in \"defaults\"", at: node)
      return nil
    }
    if case .given(let every, let everyOffset) = parts.every,
      case .given(let jitter, let jitterOffset) = parts.jitter, jitter > every
    {
      // One of the two is the entry's own, for each object has been checked by itself.
      if own?.jitter.isAbsent ?? true {
        log.add("\(every) is shorter than \"jitter\" of \"defaults\", \(jitter)", at: everyOffset)
      } else {
        log.add("\(jitter) is longer than \"every\" of \"defaults\", \(every)", at: jitterOffset)
      }
      return nil
    }
    return parts.schedule
  }
}
