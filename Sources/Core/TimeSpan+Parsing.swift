extension TimeSpan {
  /// Reads a time span in systemd's language (systemd.time(7), "PARSING TIME SPANS"): `30d`, `12h 30min`, `1.5 h`.
  ///
  /// Terms are added. Each has a unit; the bare text `0` is the only exception, for a zero needs none. Throws for a
  /// number without unit, a sign, `infinity`, an empty text, and a sum above 2^63 - 1 microseconds (292,271 years).
  public init(parsing text: String) throws(TimeSyntaxError) {
    self = .zero
    guard text != "0" else { return }
    var cursor = ByteCursor(text)
    cursor.skipSpace()
    guard !cursor.isAtEnd else { throw cursor.expected("a time span such as \"12h 30min\"") }
    while !cursor.isAtEnd {
      let start = cursor.offset
      guard let term = try cursor.term(), let sum = Self.sum(microseconds, term) else {
        throw TimeSyntaxError(
          offset: start, message: "the time span is too long: expected at most 292271 years")
      }
      microseconds = sum
      cursor.skipSpace()
    }
  }

  private static func sum(_ a: Int64, _ b: Int64) -> Int64? {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? nil : sum
  }
}

extension ByteCursor {
  fileprivate mutating func skipSpace() {
    skip { $0 == 0x20 || (0x09...0x0D).contains($0) && $0 != 0x0B && $0 != 0x0C }
  }

  /// One number with its unit, in microseconds; nil where that is too much.
  fileprivate mutating func term() throws(TimeSyntaxError) -> Int64? {
    let start = offset
    try refuseWordsAndSigns()
    let whole = bytes[start..<(start + skip { $0.digit != nil })]
    var decimals: ArraySlice<UInt8> = []
    if take(".") {
      let first = offset
      guard skip(while: { $0.digit != nil }) > 0 else { throw expected("a digit after the decimal point") }
      decimals = bytes[first..<offset]
    } else if whole.isEmpty {
      throw expected("a number")
    }
    let number = String(decoding: bytes[start..<offset], as: UTF8.self)
    skipSpace()
    let unit = try unit(after: number)
    return length(whole: whole, decimals: decimals, unit: unit)
  }

  private mutating func refuseWordsAndSigns() throws(TimeSyntaxError) {
    if current == UInt8(ascii: "-") {
      throw TimeSyntaxError(offset: offset, message: "found \"-\": a time span cannot be negative")
    }
    var ahead = self
    if ahead.take("infinity") {
      throw TimeSyntaxError(
        offset: offset, message: "\"infinity\" is not accepted: expected a finite time span")
    }
  }

  /// The length in microseconds of the unit that follows `number`: the longest of all names that fit.
  private mutating func unit(after number: String) throws(TimeSyntaxError) -> Int64 {
    var best: (end: Int, length: Int64)?
    for unit in TimeUnit.all {
      for name in unit.names {
        var ahead = self
        if ahead.take(name), ahead.offset > best?.end ?? 0 { best = (ahead.offset, unit.microseconds) }
      }
    }
    if let best {
      skip(best.end - offset)
      guard current?.isLetter != true else { throw expected("the end of the unit") }
      return best.length
    }
    guard isAtEnd || current?.digit != nil || current == UInt8(ascii: ".") else {
      throw expected("a unit (us, ms, s, min, h, d, w, M, y)")
    }
    throw TimeSyntaxError(
      offset: offset, message: "the number \(number) has no unit: write \"\(number)s\" for seconds")
  }

  /// As systemd counts: each decimal place is a tenth of the one before, in whole microseconds, rounded down.
  private func length(whole: ArraySlice<UInt8>, decimals: ArraySlice<UInt8>, unit: Int64) -> Int64? {
    var number: Int64 = 0
    for digit in whole.compactMap(\.digit) {
      let (product, overflow) = number.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(digit)
      guard !overflow, !carry else { return nil }
      number = sum
    }
    var (length, overflow) = number.multipliedReportingOverflow(by: unit)
    var place = unit / 10
    for digit in decimals.compactMap(\.digit) where !overflow {
      (length, overflow) = length.addingReportingOverflow(digit * place)
      place /= 10
    }
    return overflow ? nil : length
  }
}
