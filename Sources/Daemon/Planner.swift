internal import Configuration
internal import Core
internal import Platform
internal import Store

/// Says when entries are due: their schedules with the machine's own offsets and the system's time zones.
@RotationActor final class Planner {
  private let machineID: (UInt64, UInt64)
  private var zones: [CalendarExpression.Zone: TimeZoneRules] = [:]
  /// Since when the service has been awake by the present clock: its start, or the last time the clock was set.
  private var resumedAt: Timestamp

  /// A planner for the machine `machineID`, at work since `start`.
  init(machineID: (UInt64, UInt64), start: Timestamp) {
    self.machineID = machineID
    resumedAt = start
  }

  /// Notes that the clock was set, and reads the time zones anew.
  func clockWasSet(at now: Timestamp) {
    resumedAt = now
    zones = [:]
  }

  /// When `entry` is due; nil where it never is.
  func due(_ entry: Entry, _ records: TokenRecords, at now: Timestamp) -> Timestamp? {
    due(entry, records.schedule, at: now)
  }

  /// When `entry` is due whose token is seen for the first time `now`; nil where it never is.
  func firstDue(_ entry: Entry, at now: Timestamp) -> Timestamp? {
    due(entry, ScheduleState(firstSeen: now), at: now)
  }

  private func due(_ entry: Entry, _ state: ScheduleState, at now: Timestamp) -> Timestamp? {
    entry.schedule.due(
      state: state, now: now, resumedAt: resumedAt, offset: offset(of: entry), zones: rules)
  }

  /// When `entry` is due first after `time`, as if all before went well.
  func following(_ entry: Entry, _ records: TokenRecords, after time: Timestamp) -> Timestamp? {
    var state = records.schedule
    state.lastSuccess = time
    return entry.schedule.due(
      state: state, now: time, resumedAt: time, offset: offset(of: entry), zones: rules)
  }

  /// The end of the window of `not_during` that `now` lies in; nil where it lies in none.
  func quietUntil(_ entry: Entry, at now: Timestamp) -> Timestamp? {
    guard let allowed = entry.schedule.firstAllowed(from: now, zones: rules) else {
      return Timestamp(microseconds: .max)
    }
    return allowed > now ? allowed : nil
  }

  /// When what `entry` published is looked at after `last`: on a grid of its own, and in no window of `not_during`.
  func lookDue(
    _ entry: Entry, _ records: TokenRecords, every: TimeSpan, last: Timestamp, at now: Timestamp
  ) -> Timestamp? {
    let looks = Schedule(.every(every), jitter: every, notDuring: entry.schedule.notDuring)
    // Salted, so that looks do not coincide with rolls of the same period.
    let offset = Jitter.offset(for: entry.name, salt: 1, machineID: machineID, within: every)
    return looks.due(
      state: ScheduleState(firstSeen: records.firstSeen, lastSuccess: last), now: now, resumedAt: resumedAt,
      offset: offset, zones: rules)
  }

  private func offset(of entry: Entry) -> TimeSpan {
    Jitter.offset(for: entry.name, machineID: machineID, within: entry.schedule.jitter)
  }

  private func rules(_ zone: CalendarExpression.Zone) -> TimeZoneRules {
    if let known = zones[zone] { return known }
    let rules = TimeZones.rules(of: zone)
    zones[zone] = rules
    return rules
  }
}

extension TokenRecords {
  /// What the schedule has to know.
  fileprivate var schedule: ScheduleState {
    ScheduleState(firstSeen: firstSeen, lastSuccess: lastSuccess)
  }
}
