internal import Core
internal import JSON

extension ConfigurationDecoder {
  func string(_ node: JSONNode, expected: String = "a string") -> Field<String> {
    guard let string = node.string else { return refuse(node, insteadOf: expected) }
    return .given(string, offset: node.offset)
  }

  /// A string that `refusal` has nothing against; what it says follows the quotation of the string.
  func string(_ node: JSONNode, refusal: (String) -> String?) -> Field<String> {
    guard case .given(let string, let offset) = string(node) else { return .refused }
    if let message = refusal(string) { return refuse(node, "\(quotation(string)) \(message)") }
    return .given(string, offset: offset)
  }

  func path(_ node: JSONNode) -> Field<String> { string(node, refusal: AbsolutePath.refusal) }

  func boolean(_ node: JSONNode) -> Field<Bool> {
    guard let boolean = node.boolean else { return refuse(node, insteadOf: "true or false") }
    return .given(boolean, offset: node.offset)
  }

  func integer(_ node: JSONNode, in range: ClosedRange<Int>) -> Field<Int> {
    guard node.kind == .number else { return refuse(node, insteadOf: "a whole number") }
    guard let integer = node.integer, let value = Int(exactly: integer), range.contains(value) else {
      return refuse(node, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return .given(value, offset: node.offset)
  }

  func span(_ node: JSONNode, in range: ClosedRange<TimeSpan>) -> Field<TimeSpan> {
    guard let text = node.string else {
      return refuse(node, insteadOf: "a time span in quotation marks, such as \"30d\"")
    }
    let span: TimeSpan
    if let known = spans[text] {
      span = known
    } else {
      do {
        span = try TimeSpan(parsing: text)
      } catch {
        return refuse(
          node,
          "\(quotation(text)) is not a time span\(Self.reason(error, for: text)); write e.g. \"30d\" or \"12h 30min\""
        )
      }
      spans[text] = span
    }
    guard range.contains(span) else {
      return refuse(
        node, "\(quotation(text)) is out of range: \(range.lowerBound) to \(range.upperBound)")
    }
    return .given(span, offset: node.offset)
  }

  func calendar(_ node: JSONNode) -> Field<CalendarExpression> {
    guard let text = node.string else {
      return refuse(node, insteadOf: "a calendar expression in quotation marks, such as \"Mon 03:00\"")
    }
    if let known = calendars[text] { return .given(known, offset: node.offset) }
    let calendar: CalendarExpression
    do {
      calendar = try CalendarExpression(parsing: text)
    } catch {
      return refuse(
        node,
        "\(quotation(text)) is not a calendar expression\(Self.reason(error, for: text)); write e.g. \"daily\" or \"Mon 03:00\""
      )
    }
    if case .named(let zone) = calendar.zone, !context.zoneExists(zone) {
      return refuse(node, "the time zone \(quotation(zone)) is not known to this machine")
    }
    calendars[text] = calendar
    return .given(calendar, offset: node.offset)
  }

  /// What the parser says, which may quote `text`.
  private static func reason(_ error: TimeSyntaxError, for text: String) -> String {
    looksLikeSecret(text) ? "" : " (\(error.message))"
  }

  /// One of the raw values of `Choice`.
  func choice<Choice: RawRepresentable<String> & CaseIterable>(_ node: JSONNode, _: Choice.Type) -> Field<
    Choice
  > {
    let text = node.string
    if let choice = text.flatMap(Choice.init) { return .given(choice, offset: node.offset) }
    let known = Choice.allCases.map(\.rawValue)
    guard let text else { return refuse(node, insteadOf: "one of \(list(known))") }
    return refuse(node, noneOf(known, text))
  }
}

extension ConfigurationDecoder {
  /// One copy of equal strings; a short one has no storage that could be shared.
  func shared(_ string: String) -> String { string.utf8.count > 15 ? sharedStrings.shared(string) : string }

  /// The name of an entry or a credential.
  static func nameRefusal(_ name: String) -> String? {
    let first = name.utf8.first
    let isGood =
      name.utf8.count <= 64 && (first?.isLetter == true || first?.isDigit == true)
      && name.hasOnlyBytes { $0.isWordCharacter || $0 == UInt8(ascii: ".") }
    return isGood
      ? nil
      : "is not a name: 1 to 64 letters, digits, \".\", \"_\" and \"-\", a letter or digit first"
  }
}
