internal import Core

/// The members of a `schedule`, before those of the defaults stand in for the ones that it lacks.
struct ScheduleParts: Sendable {
  var every = Field<TimeSpan>.absent
  var calendar = Field<CalendarExpression>.absent
  var jitter = Field<TimeSpan>.absent
  var catchUp = Field<Bool>.absent
  var first = Field<Schedule.First>.absent
  var notDuring = Field<[CalendarExpression]>.absent

  /// Refused as a whole: nothing can be said about what it holds.
  static var refused: ScheduleParts {
    ScheduleParts(
      every: .refused, calendar: .refused, jitter: .refused, catchUp: .refused, first: .refused,
      notDuring: .refused)
  }

  var hasCadence: Bool { !every.isAbsent || !calendar.isAbsent }

  /// These parts over `defaults`; `every` and `calendar` replace one another.
  func over(_ defaults: ScheduleParts) -> ScheduleParts {
    ScheduleParts(
      every: hasCadence ? every : defaults.every, calendar: hasCadence ? calendar : defaults.calendar,
      jitter: jitter.or(defaults.jitter), catchUp: catchUp.or(defaults.catchUp),
      first: first.or(defaults.first),
      notDuring: notDuring.or(defaults.notDuring))
  }

  /// The schedule; nil where a part is refused or the cadence is missing.
  var schedule: Schedule? {
    guard !jitter.isRefused, !catchUp.isRefused, !first.isRefused, !notDuring.isRefused,
      let cadence = every.value.map(Schedule.Cadence.every) ?? calendar.value.map(Schedule.Cadence.calendar)
    else { return nil }
    var schedule = Schedule(cadence)
    schedule.jitter = jitter.value ?? schedule.jitter
    schedule.catchUp = catchUp.value ?? schedule.catchUp
    schedule.first = first.value ?? schedule.first
    schedule.notDuring = notDuring.value ?? schedule.notDuring
    return schedule
  }
}
