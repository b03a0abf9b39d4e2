/// What the clocks of a place show, now, in the past and in the future: the rules of one time zone.
///
/// A pure value: made from the bytes of a time zone file (RFC 9636) or from a POSIX TZ string. A recurring rule is laid
/// out as transitions over 400 years, after which the Gregorian calendar repeats itself, weekdays included.
public struct TimeZoneRules: Hashable, Sendable {
  /// One kind of local time.
  public struct LocalTimeType: Hashable, Sendable {
    /// Seconds east of UTC, -89,999 to 93,599.
    public var offset: Int
    /// Whether this is daylight saving time.
    public var isDaylightSaving: Bool
    /// The abbreviation, such as `CEST`.
    public var abbreviation: String

    /// A kind of local time.
    public init(offset: Int, isDaylightSaving: Bool = false, abbreviation: String) {
      self.offset = offset
      self.isDaylightSaving = isDaylightSaving
      self.abbreviation = abbreviation
    }
  }

  /// A stretch of time, in seconds since the epoch, over which one offset holds.
  struct Segment {
    /// The first second; `Int64.min` where there is none.
    var start: Int64
    /// The first second after it; `Int64.max` where there is none.
    var end: Int64
    var offset: Int64
    var type: Int
  }

  /// What holds before the first transition; always one at least.
  let types: [LocalTimeType]
  /// The seconds at which a local time type takes effect, ascending.
  let transitions: [Int64]
  /// Indices into `types`, one for each transition.
  let transitionTypes: [UInt8]
  /// What holds before the first transition: an index into `types`.
  let firstType: Int
  /// True where the last 400 years of `transitions` repeat for ever.
  let recurs: Bool
  /// True where there was no transition before the recurring ones: they reach back for ever as well.
  let recursBackwards: Bool

  /// Coordinated Universal Time.
  public static let utc = TimeZoneRules(
    fixed: LocalTimeType(offset: 0, abbreviation: "UTC"))

  /// A place whose clocks never change.
  public init(fixed type: LocalTimeType) {
    self.init(types: [type], transitions: [], transitionTypes: [], firstType: 0, footer: nil)
  }

  /// Transitions in ascending order, and the rule that holds after the last of them.
  init(
    types: [LocalTimeType], transitions: [Int64], transitionTypes: [UInt8], firstType: Int,
    footer: POSIXTimeZone?
  ) {
    var laidOut = Layout(types: types, transitions: transitions, transitionTypes: transitionTypes)
    if let footer { laidOut.append(footer) }
    self.types = laidOut.types
    self.transitions = laidOut.transitions
    self.transitionTypes = laidOut.transitionTypes
    self.firstType = laidOut.firstType ?? firstType
    recurs = laidOut.recurs
    recursBackwards = laidOut.recurs && transitions.isEmpty
  }

  /// The local time type in force at an instant.
  public func localTimeType(at instant: Timestamp) -> LocalTimeType {
    types[segment(at: instant.seconds).type]
  }

  /// Seconds east of UTC at an instant.
  public func offset(at instant: Timestamp) -> Int { Int(segment(at: instant.seconds).offset) }

  /// The kind of local time with this abbreviation, whatever its case, in the year before or after `instant`.
  public func localTimeType(abbreviated name: String, near instant: Timestamp) -> LocalTimeType? {
    let wanted = name.lowercased()
    let end = instant.seconds + 366 * 86_400
    var segment = segment(at: instant.seconds - 366 * 86_400)
    while types[segment.type].abbreviation.lowercased() != wanted {
      guard segment.end < end else { return nil }
      segment = self.segment(at: segment.end)
    }
    return types[segment.type]
  }

  /// What the clocks show at an instant.
  public func civilTime(at instant: Timestamp) -> CivilTime {
    let seconds = instant.seconds
    return CivilTime(
      seconds: seconds + segment(at: seconds).offset, microsecond: instant.microsecondOfSecond)
  }

  /// The instant at which the clocks show `time`.
  ///
  /// Where they show it twice, the first; where they skip it, the instant to which they jump.
  public func instant(of time: CivilTime) -> Timestamp {
    instant(ofLocal: time.seconds, microsecond: Int64(time.microsecond))
  }
}

// MARK: - Looking up

extension TimeZoneRules {
  /// 400 Gregorian years.
  static let cycle: Int64 = 146_097 * 86_400

  func segment(at seconds: Int64) -> Segment {
    guard let last = transitions.last else {
      return Segment(start: .min, end: .max, offset: Int64(types[firstType].offset), type: firstType)
    }
    var shift: Int64 = 0
    if recurs, seconds >= last {
      shift = ((seconds - last) / Self.cycle + 1) * Self.cycle
    } else if recursBackwards, seconds < transitions[0] {
      shift = -((transitions[0] - seconds - 1) / Self.cycle + 1) * Self.cycle
    }
    let wanted = seconds - shift
    var low = 0
    var high = transitions.count
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle] <= wanted { low = middle + 1 } else { high = middle }
    }
    let type = low == 0 ? firstType : Int(transitionTypes[low - 1])
    return Segment(
      start: low == 0 ? .min : transitions[low - 1] + shift,
      end: low == transitions.count ? .max : transitions[low] + shift,
      offset: Int64(types[type].offset), type: type)
  }

  /// The first second at which the clocks have reached the local second `local`: its instant, or the end of the gap.
  func firstSecond(reaching local: Int64) -> Int64 {
    // Offsets stay under 26 hours: no clock has reached `local` that long before it.
    var segment = segment(at: local - 93_600)
    while segment.end != .max, local - segment.offset >= segment.end {
      segment = self.segment(at: segment.end)
    }
    return max(segment.start, local - segment.offset)
  }

  func instant(ofLocal local: Int64, microsecond: Int64) -> Timestamp {
    let seconds = firstSecond(reaching: local)
    let skipped = seconds + segment(at: seconds).offset != local
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    guard !overflow else { return Timestamp(microseconds: seconds < 0 ? .min : .max) }
    return Timestamp(microseconds: saturatingSum(product, skipped ? 0 : microsecond))
  }

  /// The earliest local time, in microseconds, that the clocks have not shown up to and including `instant`.
  func firstLocalMicrosecond(after instant: Timestamp) -> Int64 {
    let seconds = instant.seconds
    var segment = segment(at: seconds)
    var local = instant.microseconds + segment.offset * 1_000_000 + 1
    // A clock that was put back has shown later times before: up to 51 hours, the largest difference of offsets.
    while segment.start > seconds - 187_200 {
      let start = segment.start
      segment = self.segment(at: start - 1)
      local = max(local, (start + segment.offset) * 1_000_000)
    }
    return local
  }
}

// MARK: - Laying out the recurring rule

/// The parts of a `TimeZoneRules` while they are put together.
private struct Layout {
  var types: [TimeZoneRules.LocalTimeType]
  var transitions: [Int64]
  var transitionTypes: [UInt8]
  var firstType: Int?
  var recurs = false

  mutating func append(_ footer: POSIXTimeZone) {
    guard let standard = index(of: footer.standard) else { return }
    guard let daylight = footer.daylight, let saving = index(of: daylight.type) else {
      // A rule without daylight saving says what the last transition said; alone it says everything.
      if transitions.isEmpty { firstType = Int(standard) }
      return
    }
    let start = transitions.last.map { CivilTime(seconds: $0).year } ?? 1970
    // Years to spare on both sides: a rule may reach over the end of its year.
    var recurring: [(at: Int64, type: UInt8)] = []
    for year in (start - 1)...(start + 403) {
      let begins = (daylight.begins.second(in: year) - Int64(footer.standard.offset), saving)
      let ends = (daylight.ends.second(in: year) - Int64(daylight.type.offset), standard)
      recurring += begins.0 < ends.0 ? [begins, ends] : [ends, begins]
    }
    let from = transitions.last.map { $0 + 1 } ?? recurring[0].at
    // A year beyond the cycle, so that the 400 years before the last transition are all of the rule's making.
    let cut = from + TimeZoneRules.cycle + 366 * 86_400
    for (at, type) in recurring where at >= from && at <= cut {
      if at == transitions.last {
        // Two at one second: the later rule wins, as where daylight saving lasts all year.
        transitionTypes[transitionTypes.count - 1] = type
      } else {
        transitions.append(at)
        transitionTypes.append(type)
      }
    }
    recurs = true
  }

  private mutating func index(of type: TimeZoneRules.LocalTimeType) -> UInt8? {
    if let index = types.firstIndex(of: type) { return UInt8(exactly: index) }
    guard types.count < 256 else { return nil }
    types.append(type)
    return UInt8(types.count - 1)
  }
}
