import Core
import Testing

@Suite struct ScheduleTests {
  private static func utc(_: CalendarExpression.Zone) -> TimeZoneRules { .utc }

  private func at(_ text: String) throws -> Timestamp { try Timestamp(rfc3339: text) }

  private func calendar(_ text: String) throws -> CalendarExpression { try CalendarExpression(parsing: text) }

  // MARK: - The next time

  @Test(
    "every: the grid begins at first sight plus offset, one span on",
    arguments: [
      (0, 110), (109, 110), (110, 210), (209, 210), (1_000_005, 1_000_010), (-50, 110),
    ] as [(Int64, Int64)])
  func grid(basis: Int64, expected: Int64) {
    let schedule = Schedule(.every(.seconds(100)), jitter: .seconds(20))
    let next = schedule.next(
      after: Timestamp(seconds: basis), anchor: Timestamp(seconds: 0), offset: .seconds(10), zones: Self.utc)
    #expect(next?.seconds == expected)
  }

  @Test("every: no span, no time; no time beyond the range of instants")
  func gridEnds() {
    let never = Schedule(.every(.zero))
    #expect(
      never.next(after: Timestamp(seconds: 0), anchor: Timestamp(seconds: 0), offset: .zero, zones: Self.utc)
        == nil)
    let late = Schedule(.every(.days(36_500)))
    let end = Timestamp(microseconds: .max)
    #expect(late.next(after: end, anchor: Timestamp(seconds: 0), offset: .zero, zones: Self.utc) == nil)
    #expect(late.next(after: end, anchor: end, offset: .zero, zones: Self.utc) == nil)
  }

  @Test(
    "calendar: elapses by the clock of its zone, plus offset",
    arguments: [
      ("2026-11-25T00:00:00Z", "2026-11-25T03:30:00Z"), ("2026-11-25T03:29:59Z", "2026-11-25T03:30:00Z"),
      ("2026-11-25T03:30:00Z", "2026-11-26T03:30:00Z"),
    ])
  func calendarPlusOffset(basis: String, expected: String) throws {
    let schedule = Schedule(.calendar(try calendar("03:00 UTC")), jitter: .hours(1))
    let next = schedule.next(
      after: try at(basis), anchor: try at(basis), offset: .minutes(30), zones: Self.utc)
    #expect(next == (try at(expected)))
  }

  @Test("calendar: asks for the rules of the zone that is named")
  func asksForZone() throws {
    let berlin = try TimeZoneRules(posix: "CET-1CEST,M3.5.0,M10.5.0/3")
    let schedule = Schedule(.calendar(try calendar("03:00 Europe/Berlin")))
    let next = schedule.next(
      after: try at("2026-11-25T00:00:00Z"), anchor: Timestamp(seconds: 0), offset: .zero,
      zones: { $0 == .named("Europe/Berlin") ? berlin : .utc })
    #expect(next == (try at("2026-11-25T02:00:00Z")))
  }

  // MARK: - When an entry is due

  /// A schedule daily at 03:00 UTC with an hour of jitter, of which the entry has half.
  private func due(
    _ state: ScheduleState, now: String, resumed: String = "2026-11-01T00:00:00Z", catchUp: Bool = true,
    first: Schedule.First = .scheduled, notDuring: [String] = []
  ) throws -> Timestamp? {
    let schedule = Schedule(
      .calendar(try calendar("03:00 UTC")), jitter: .hours(1), catchUp: catchUp, first: first,
      notDuring: try notDuring.map(calendar))
    return schedule.due(
      state: state, now: try at(now), resumedAt: try at(resumed), offset: .minutes(30), zones: Self.utc)
  }

  private func state(_ firstSeen: String, success: String? = nil) throws -> ScheduleState {
    ScheduleState(firstSeen: try at(firstSeen), lastSuccess: try success.map(at))
  }

  @Test(
    "goes on from the later of first sight and success",
    arguments: [
      ("2026-11-25T00:00:00Z", nil, "2026-11-25T03:30:00Z"),
      ("2026-11-01T00:00:00Z", "2026-11-25T03:30:05Z", "2026-11-26T03:30:00Z"),
      ("2026-11-25T13:00:00Z", "2026-11-24T03:30:05Z", "2026-11-26T03:30:00Z"),
    ] as [(String, String?, String)])
  func basis(firstSeen: String, success: String?, expected: String) throws {
    let state = try state(firstSeen, success: success)
    #expect(try due(state, now: "2026-11-25T14:00:00Z", resumed: firstSeen) == (try at(expected)))
  }

  @Test("first now: due at first sight plus offset until it succeeds")
  func firstNow() throws {
    let now = "2026-11-25T14:00:00Z"
    let seen = "2026-11-25T13:59:00Z"
    #expect(try due(state(seen), now: now, resumed: seen, first: .now) == (try at("2026-11-25T14:29:00Z")))
    #expect(try due(state(seen), now: now, resumed: seen) == (try at("2026-11-26T03:30:00Z")))
    let done = try state(seen, success: "2026-11-25T13:59:30Z")
    #expect(try due(done, now: now, resumed: seen, first: .now) == (try at("2026-11-26T03:30:00Z")))
  }

  @Test("first now: is made good after downtime even without catch-up")
  func firstNowIsMadeGood() throws {
    let state = try state("2026-11-20T12:00:00Z")
    let made = try due(
      state, now: "2026-11-25T14:01:00Z", resumed: "2026-11-25T14:00:00Z", catchUp: false, first: .now)
    #expect(made == (try at("2026-11-25T14:02:30Z")))
  }

  @Test("many missed times are one roll, spread after the start by the entry's share of five minutes")
  func catchesUp() throws {
    let state = try state("2026-11-01T00:00:00Z", success: "2026-11-10T03:30:05Z")
    let resumed = "2026-11-25T14:00:00Z"
    // Half of the jitter is half of the five minutes; the answer stays, whenever it is asked for.
    for now in ["2026-11-25T14:00:00Z", "2026-11-25T14:02:00Z", "2026-11-25T18:00:00Z"] {
      #expect(try due(state, now: now, resumed: resumed) == (try at("2026-11-25T14:02:30Z")))
    }
    let rolled = try self.state("2026-11-01T00:00:00Z", success: "2026-11-25T14:02:31Z")
    #expect(
      try due(rolled, now: "2026-11-25T14:02:32Z", resumed: resumed) == (try at("2026-11-26T03:30:00Z")))
  }

  @Test("a missed roll and the next one, close together, are one")
  func mergesWithNext() throws {
    let state = try state("2026-11-01T00:00:00Z", success: "2026-11-10T03:30:05Z")
    let made = try due(state, now: "2026-11-25T03:29:00Z", resumed: "2026-11-25T03:29:00Z")
    #expect(made == (try at("2026-11-25T03:30:00Z")))
  }

  @Test("without catch-up missed times are left out")
  func leavesOut() throws {
    let state = try state("2026-11-01T00:00:00Z", success: "2026-11-10T03:30:05Z")
    let left = try due(state, now: "2026-11-25T14:00:00Z", resumed: "2026-11-25T14:00:00Z", catchUp: false)
    #expect(left == (try at("2026-11-26T03:30:00Z")))
    // And that one stays due when it has passed with the service running.
    let late = try due(state, now: "2026-11-26T05:00:00Z", resumed: "2026-11-25T14:00:00Z", catchUp: false)
    #expect(late == (try at("2026-11-26T03:30:00Z")))
  }

  @Test("a restart of less than a minute misses nothing", arguments: [true, false])
  func toleratesRestart(catchUp: Bool) throws {
    let state = try state("2026-11-01T00:00:00Z", success: "2026-11-24T03:30:05Z")
    let planned = try at("2026-11-25T03:30:00Z")
    #expect(
      try due(state, now: "2026-11-25T03:30:59Z", resumed: "2026-11-25T03:30:59Z", catchUp: catchUp)
        == planned)
    #expect(
      try due(state, now: "2026-11-25T03:31:01Z", resumed: "2026-11-25T03:31:01Z", catchUp: catchUp)
        != planned)
  }

  @Test("an overdue roll stays due at its time while the service is up")
  func staysOverdue() throws {
    let state = try state("2026-11-01T00:00:00Z", success: "2026-11-10T03:30:05Z")
    #expect(try due(state, now: "2026-11-25T14:00:00Z") == (try at("2026-11-11T03:30:00Z")))
  }

  @Test("a success in the future puts nothing off by more than a period, and causes no roll")
  func futureSuccess() throws {
    let state = try state("2026-11-01T00:00:00Z", success: "2031-01-01T00:00:00Z")
    let resumed = "2026-11-25T14:00:00Z"
    #expect(try due(state, now: resumed, resumed: resumed) == (try at("2026-11-26T03:30:00Z")))
    // Stable: it does not run away from the clock.
    #expect(try due(state, now: "2026-11-26T04:00:00Z", resumed: resumed) == (try at("2026-11-26T03:30:00Z")))
    // A resumption in the future, too, is a clock that was wrong.
    #expect(
      try due(state, now: "2026-11-25T14:00:00Z", resumed: "2031-01-01T00:00:00Z")
        == (try at("2026-11-26T03:30:00Z")))
  }

  @Test("a first sight in the future does not hold back the grid of every")
  func futureFirstSight() throws {
    let schedule = Schedule(.every(.days(30)))
    let resumed = try at("2026-11-25T14:00:00Z")
    let due = schedule.due(
      state: try state("2031-01-01T00:00:00Z"), now: resumed, resumedAt: resumed, offset: .zero,
      zones: Self.utc)
    #expect(due == resumed + .days(30))
  }

  // MARK: - Windows

  @Test("a time within a window moves to its end, through all windows that follow on")
  func windows() throws {
    let state = try state("2026-11-25T00:00:00Z")
    let now = "2026-11-25T01:00:00Z"
    func moved(_ windows: String...) throws -> Timestamp? {
      try due(state, now: now, resumed: "2026-11-25T00:00:00Z", notDuring: windows)
    }
    #expect(try moved("02..04:*:*") == (try at("2026-11-25T05:00:00Z")))
    #expect(try moved("05..06:*:*", "02..04:*:*") == (try at("2026-11-25T07:00:00Z")))
    #expect(try moved("05..06:*:*") == (try at("2026-11-25T03:30:00Z")))
    #expect(try moved("Mon..Fri *:*:*", "Sat 00..11:*:*") == (try at("2026-11-28T12:00:00Z")))
    #expect(try moved("*:*:*") == nil)
    #expect(try moved("*:0/2:*", "*:1/2:*") == nil)
  }

  @Test("a roll put off by a window over a restart is not missed")
  func windowOverRestart() throws {
    let state = try state("2026-11-01T00:00:00Z", success: "2026-11-24T05:00:05Z")
    let due = try due(
      state, now: "2026-11-25T04:00:00Z", resumed: "2026-11-25T04:00:00Z", catchUp: false,
      notDuring: ["02..04:*:*"])
    #expect(due == (try at("2026-11-25T05:00:00Z")))
  }

  @Test("catching up keeps out of windows")
  func catchUpAvoidsWindows() throws {
    let state = try state("2026-11-01T00:00:00Z", success: "2026-11-10T05:00:05Z")
    let due = try due(
      state, now: "2026-11-25T14:00:00Z", resumed: "2026-11-25T14:00:00Z", notDuring: ["08..17:*:*"])
    #expect(due == (try at("2026-11-25T18:00:00Z")))
  }

  @Test("an overdue roll waits for the end of a window that holds the present")
  func overdueInWindow() throws {
    let state = try state("2026-11-01T00:00:00Z", success: "2026-11-24T03:30:05Z")
    func due(_ now: String) throws -> Timestamp? { try self.due(state, now: now, notDuring: ["08..17:*:*"]) }
    #expect(try due("2026-11-25T07:59:59Z") == (try at("2026-11-25T03:30:00Z")))
    #expect(try due("2026-11-25T09:00:00Z") == (try at("2026-11-25T18:00:00Z")))
    #expect(try due("2026-11-25T18:00:00Z") == (try at("2026-11-25T03:30:00Z")))
  }

  // MARK: - Properties

  @Test("for schedules and pasts made at random, a due time keeps its promises")
  func properties() throws {
    var random = SplitMix64(seed: 9)
    let start: Int64 = 1_795_000_000
    for _ in 0..<3_000 {
      let period = TimeSpan.hours(.random(in: 1...24, using: &random))
      let cadence: Schedule.Cadence =
        random.oneIn(2)
        ? .every(period)
        : .calendar(try calendar(["hourly", "daily", "0/6:30"].randomElement(using: &random) ?? ""))
      let longest = if case .every(let span) = cadence { span } else { TimeSpan.days(1) }
      let jitter = TimeSpan.minutes(.random(in: 0...90, using: &random))
      let offset =
        jitter == .zero ? .zero : TimeSpan(microseconds: .random(in: 0..<jitter.microseconds, using: &random))
      let schedule = Schedule(
        cadence, jitter: jitter, catchUp: random.oneIn(2), first: random.oneIn(4) ? .now : .scheduled,
        notDuring: random.oneIn(2) ? [] : [try calendar("08..09:*:*"), try calendar("*:50..55:*")])
      func instant(_ range: ClosedRange<Int64>) -> Timestamp {
        Timestamp(seconds: start + .random(in: range, using: &random))
      }
      let now = instant(0...0)
      let state = ScheduleState(
        firstSeen: instant(-900_000...9_000), lastSuccess: random.oneIn(3) ? nil : instant(-900_000...90_000))
      let resumed = instant(-400_000...0)
      func due(_ now: Timestamp) -> Timestamp? {
        schedule.due(state: state, now: now, resumedAt: resumed, offset: offset, zones: Self.utc)
      }
      let planned = try #require(due(now))
      // Never further off than a period, the jitter and the two windows.
      #expect(planned <= now + longest + jitter + .hours(3), "\(schedule) \(state)")
      // Nothing is planned for the time before the service was there, beyond the tolerance.
      #expect(planned + Schedule.lateness >= resumed, "\(schedule) \(state)")
      // Not within a window, and not overdue within one.
      #expect(schedule.firstAllowed(from: planned, zones: Self.utc) == planned)
      // Asked again at that time, the answer is the same, unless a wrong instant has come to lie in the past.
      let instants = [state.firstSeen, state.lastSuccess ?? now]
      if planned > now, instants.allSatisfy({ $0 <= now }) {
        #expect(due(planned) == planned, "\(schedule) \(state)")
      }
      // After a success it is not due again at once.
      let done = ScheduleState(firstSeen: state.firstSeen, lastSuccess: max(planned, now))
      let after = schedule.due(
        state: done, now: max(planned, now), resumedAt: resumed, offset: offset, zones: Self.utc)
      #expect(try #require(after) > max(planned, now), "\(schedule) \(state)")
    }
  }
}
