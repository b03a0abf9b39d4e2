extension Schedule {
  /// How late the service may come back and still find a roll on time: one minute.
  public static let lateness = TimeSpan.minutes(1)

  /// The longest time over which missed rolls are spread: five minutes, since a machine may not be up for longer.
  public static let catchUpSpread = TimeSpan.minutes(5)

  /// When the entry is due: in the past where it is overdue, nil where it never is again.
  ///
  /// 1. The basis is the later of first sight and last success. The planned time is the schedule's first
  ///    after it; with `first: .now`, and no success so far, it is first sight plus `offset`.
  /// 2. A planned time within a window of `notDuring` moves to the end of the window, repeatedly until it is in none.
  /// 3. A planned time more than `lateness` before `resumedAt` was missed. With `catchUp` (and always for the roll of
  ///    `first: .now`) one roll makes good for all that were missed: it is due at `resumedAt` plus the entry's share of
  ///    the shorter of `jitter` and `catchUpSpread`, or at the schedule's next time where that comes sooner. Without
  ///    `catchUp` it is due at the schedule's first time after `resumedAt`. Both keep out of the windows.
  /// 4. A roll that is overdue while `now` lies within a window is due at the end of the window.
  ///
  /// Called again later with the same state, it gives the same answer (but for rule 4), so a plan can be made anew at
  /// any time. An instant in the future stems from a clock that was wrong, and counts as `resumedAt`: a roll is never put
  /// off by more than one period of the schedule.
  ///
  /// - Parameters:
  ///   - state: the past of the entry.
  ///   - now: the present.
  ///   - resumedAt: since when the service has been awake by the present clock: its start, the end of a suspension, or
  ///     the last time the clock was set, whichever is latest. Counts as `now` where it is later than that.
  ///   - offset: the entry's own share of `jitter`, in `0..<jitter` (`Jitter.offset`).
  ///   - zones: the rules of the zones that the expressions name.
  public func due(
    state: ScheduleState, now: Timestamp, resumedAt: Timestamp, offset: TimeSpan,
    zones: (CalendarExpression.Zone) -> TimeZoneRules
  ) -> Timestamp? {
    let resumed = min(resumedAt, now)
    let past = state.replacingFuture(after: now, with: resumed)
    func time(after basis: Timestamp) -> Timestamp? {
      next(after: basis, anchor: past.firstSeen, offset: offset, zones: zones)
    }
    let isFirst = first == .now && past.lastSuccess == nil
    let planned = isFirst ? past.firstSeen + offset : time(after: past.basis)
    guard let planned, var due = firstAllowed(from: planned, zones: zones) else { return nil }
    if due + Self.lateness < resumed {
      let following = time(after: resumed)
      let makeUp = catchUp || isFirst ? resumed + catchUpShare(of: offset) : nil
      guard let earliest = [makeUp, following].compactMap(\.self).min(),
        let allowed = firstAllowed(from: earliest, zones: zones)
      else { return nil }
      due = allowed
    }
    guard due < now, let allowedNow = firstAllowed(from: now, zones: zones) else {
      return due < now ? nil : due
    }
    return allowedNow > now ? allowedNow : due
  }

  /// `offset` scaled from `jitter` to the time over which missed rolls are spread.
  private func catchUpShare(of offset: TimeSpan) -> TimeSpan {
    let spread = min(jitter, Self.catchUpSpread)
    guard spread > .zero, offset > .zero else { return .zero }
    let share = offset.microseconds.magnitude.multipliedFullWidth(by: spread.microseconds.magnitude)
    let divisor = jitter.microseconds.magnitude
    // An offset of `jitter` or more breaks the contract; the longest spread is the best answer to it.
    guard share.high < divisor else { return spread }
    return TimeSpan(
      microseconds: Int64(
        clamping: min(divisor.dividingFullWidth(share).quotient, spread.microseconds.magnitude)))
  }
}

extension ScheduleState {
  fileprivate func replacingFuture(after now: Timestamp, with replacement: Timestamp) -> ScheduleState {
    func past(_ instant: Timestamp) -> Timestamp { instant > now ? replacement : instant }
    return ScheduleState(
      firstSeen: past(firstSeen), lastSuccess: lastSuccess.map(past))
  }
}
