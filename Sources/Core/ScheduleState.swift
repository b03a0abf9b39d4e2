/// What a schedule has to know about the past of an entry.
public struct ScheduleState: Sendable, Hashable {
  /// When the entry was first read from a configuration: the anchor of `every`.
  public var firstSeen: Timestamp
  /// When its last roll came to a good end; nil where there was none.
  public var lastSuccess: Timestamp?
  /// When an operator last had the next roll left out; nil where that never happened.
  public var lastSkip: Timestamp?

  /// The past of an entry.
  public init(firstSeen: Timestamp, lastSuccess: Timestamp? = nil, lastSkip: Timestamp? = nil) {
    self.firstSeen = firstSeen
    self.lastSuccess = lastSuccess
    self.lastSkip = lastSkip
  }

  /// The same past without anything after `now`: an instant in the future was taken from a clock that was wrong.
  ///
  /// To be stored where it differs, at the start of the service and after the clock was set back, so that a schedule
  /// goes on from there at once and does not wait for the clock to reach the wrong time.
  public func clamped(to now: Timestamp) -> ScheduleState {
    ScheduleState(
      firstSeen: min(firstSeen, now), lastSuccess: lastSuccess.map { min($0, now) },
      lastSkip: lastSkip.map { min($0, now) })
  }

  /// The instant after which the schedule goes on: the latest of the three.
  var basis: Timestamp { max(firstSeen, lastSuccess ?? firstSeen, lastSkip ?? firstSeen) }
}
