extension TimeZoneRules {
  /// Decodes a time zone file (TZif, RFC 9636), version 1 to 4, with the rule in its footer.
  ///
  /// Nothing in the file is trusted: every count, index and order is checked. Throws also for a file that counts leap
  /// seconds (`right/...`), for Unix time does not. Unknown later versions are read as version 4, as the RFC asks.
  public init(tzif bytes: [UInt8]) throws(TimeSyntaxError) {
    var reader = TZifReader(bytes)
    let first = try reader.header()
    guard first.version > 0 else {
      self = try reader.block(first, timeSize: 4, footer: false)
      return
    }
    // The first block repeats the data in 32 bits for old readers: stepped over unread.
    try reader.skip(first.size(timeSize: 4))
    self = try reader.block(reader.header(), timeSize: 8, footer: true)
  }
}

private struct TZifHeader {
  var version: UInt8
  var utcIndicators: Int
  var standardIndicators: Int
  var leapSeconds: Int
  var transitions: Int
  var types: Int
  var characters: Int

  func size(timeSize: Int) -> Int {
    transitions * (timeSize + 1) + types * 6 + characters + leapSeconds * (timeSize + 4) + standardIndicators
      + utcIndicators
  }
}

private struct TZifReader {
  private let bytes: [UInt8]
  private var offset = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private func error(_ message: String, at offset: Int? = nil) -> TimeSyntaxError {
    TimeSyntaxError(offset: offset ?? self.offset, message: message)
  }

  mutating func skip(_ count: Int) throws(TimeSyntaxError) {
    guard count <= bytes.count - offset else {
      throw error("the file ends \(bytes.count - offset) bytes on where \(count) more were expected")
    }
    offset += count
  }

  private mutating func take(_ count: Int) throws(TimeSyntaxError) -> ArraySlice<UInt8> {
    let start = offset
    try skip(count)
    return bytes[start..<offset]
  }

  private mutating func integer(_ size: Int) throws(TimeSyntaxError) -> Int64 {
    let value = try take(size).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return size == 4 ? Int64(Int32(truncatingIfNeeded: value)) : Int64(truncatingIfNeeded: value)
  }

  private mutating func count() throws(TimeSyntaxError) -> Int {
    Int(UInt32(truncatingIfNeeded: try integer(4)))
  }

  mutating func header() throws(TimeSyntaxError) -> TZifHeader {
    guard bytes[offset...].starts(with: "TZif".utf8) else {
      throw error("no time zone file: the header \"TZif\" was expected")
    }
    offset += 4
    let version = try take(16).first ?? 0
    guard version == 0 || version >= UInt8(ascii: "2") else {
      throw error(
        "version \(version) of the format is unknown: 0 or \"2\" to \"4\" was expected", at: offset - 16)
    }
    return TZifHeader(
      version: version, utcIndicators: try count(), standardIndicators: try count(), leapSeconds: try count(),
      transitions: try count(), types: try count(), characters: try count())
  }

  mutating func block(
    _ header: TZifHeader, timeSize: Int, footer: Bool
  ) throws(TimeSyntaxError) -> TimeZoneRules {
    try check(header, timeSize: timeSize)
    let times = try transitionTimes(header.transitions, timeSize)
    let indexes = try take(header.transitions)
    if let bad = indexes.firstIndex(where: { $0 >= header.types }) {
      throw error("local time type \(bytes[bad]) does not exist: below \(header.types) was expected", at: bad)
    }
    let types = try localTimeTypes(header)
    try skip(header.standardIndicators + header.utcIndicators)
    let rule = footer ? try self.footer() : nil
    return TimeZoneRules(merging: types, times, Array(indexes), rule)
  }

  private func check(_ header: TZifHeader, timeSize: Int) throws(TimeSyntaxError) {
    guard (1...256).contains(header.types) else { throw error("1 to 256 local time types were expected") }
    guard header.characters >= 1 else { throw error("an abbreviation was expected") }
    for count in [header.utcIndicators, header.standardIndicators] where count != 0 && count != header.types {
      throw error("\(count) indicators for \(header.types) local time types: none or as many were expected")
    }
    guard header.leapSeconds == 0 else {
      throw error("the file counts leap seconds, Unix time does not: use the zone without \"right/\"")
    }
    let size = header.size(timeSize: timeSize)
    guard size <= bytes.count - offset else {
      throw error("the file ends \(bytes.count - offset) bytes on where \(size) more were expected")
    }
  }

  private mutating func transitionTimes(_ count: Int, _ size: Int) throws(TimeSyntaxError) -> [Int64] {
    var times: [Int64] = []
    times.reserveCapacity(count)
    for _ in 0..<count {
      let time = try integer(size)
      if let last = times.last, last >= time {
        throw error("transition \(times.count + 1) is not after the one before it", at: offset - size)
      }
      times.append(time)
    }
    return times
  }

  private mutating func localTimeTypes(
    _ header: TZifHeader
  ) throws(TimeSyntaxError) -> [TimeZoneRules.LocalTimeType] {
    let start = offset
    let records = try take(header.types * 6)
    let names = try take(header.characters)
    var types: [TimeZoneRules.LocalTimeType] = []
    for record in stride(from: records.startIndex, to: records.endIndex, by: 6) {
      let value = records[record..<record + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      let utcOffset = Int(Int32(bitPattern: value))
      guard (-89_999...93_599).contains(utcOffset) else {
        throw error("an offset of \(utcOffset) seconds: -89999 to 93599 was expected", at: record)
      }
      guard records[record + 4] <= 1 else {
        throw error(
          "found \(records[record + 4]) where 0 or 1 (daylight saving) was expected", at: record + 4)
      }
      let name = names.dropFirst(Int(records[record + 5])).prefix { $0 != 0 }
      guard name.startIndex < names.endIndex, name.endIndex < names.endIndex else {
        throw error("an abbreviation has no end within the \(header.characters) bytes for them", at: start)
      }
      types.append(
        TimeZoneRules.LocalTimeType(
          offset: utcOffset, isDaylightSaving: records[record + 4] == 1,
          abbreviation: String(decoding: name, as: UTF8.self)))
    }
    return types
  }

  private mutating func footer() throws(TimeSyntaxError) -> POSIXTimeZone? {
    guard try take(1).first == 0x0A else {
      throw error("a newline was expected before the footer", at: offset - 1)
    }
    guard let end = bytes[offset...].firstIndex(of: 0x0A) else {
      throw error("the footer does not end with a newline")
    }
    guard end > offset else { return nil }
    var cursor = ByteCursor(bytes[offset..<end])
    return try POSIXTimeZone(&cursor)
  }
}

extension TimeZoneRules {
  /// Takes over checked data; transitions outside the range of `Timestamp` move to its edge, the last of them prevailing.
  fileprivate init(
    merging types: [LocalTimeType], _ times: [Int64], _ indexes: [UInt8], _ footer: POSIXTimeZone?
  ) {
    let edge: Int64 = 9_300_000_000_000
    var transitions: [Int64] = []
    var kinds: [UInt8] = []
    for (time, kind) in zip(times, indexes) {
      let time = min(max(time, -edge), edge)
      if transitions.last == time {
        if time < 0 { kinds[kinds.count - 1] = kind }
      } else {
        transitions.append(time)
        kinds.append(kind)
      }
    }
    self.init(
      types: types, transitions: transitions, transitionTypes: kinds, firstType: 0, footer: footer)
  }
}
