/// Whether the wall clock can be believed: a machine without a battery begins in 1970, and one that was wrong is set back.
///
/// Rolling by a wrong clock would roll tokens for nothing; never believing it would keep them from being rolled at all.
public struct ClockTrust: Sendable, Equatable {
  /// What to make of the clock.
  public enum Verdict: Sendable, Equatable {
    /// It is as good as can be known.
    case trusted
    /// It is not; why, as a sentence without a final stop.
    case doubted(String)
  }

  /// No clock that is right says less: 2026-01-01T00:00:00Z, before the first release.
  public static let earliest = Timestamp(seconds: 1_767_225_600)
  /// How far behind the last recorded roll a clock may be and still be believed.
  public static let tolerance = TimeSpan.minutes(10)
  /// For how long a clock behind the last recorded roll holds everything up: then the record is taken to be wrong.
  public static let patience = TimeSpan.hours(1)

  /// Whether to wait for the system's mark that the clock was synchronised (`wait_for_clock`).
  public var waitsForMark: Bool

  /// A judgement with or without `wait_for_clock`.
  public init(waitsForMark: Bool) { self.waitsForMark = waitsForMark }

  /// Judges a clock that says `now`, when the service has been awake for `awake`.
  ///
  /// `lastRecorded` is the latest attempt that the state knows. `isMarked` says whether systemd's mark is there,
  /// `isSynchronised` whether the kernel considers the clock synchronised (adjtimex(2)): such a clock is believed
  /// against the record. Neither is looked at where it does not matter.
  public func verdict(
    now: Timestamp, lastRecorded: Timestamp?, isMarked: @autoclosure () -> Bool,
    isSynchronised: @autoclosure () -> Bool, awake: TimeSpan
  ) -> Verdict {
    guard now >= Self.earliest else {
      return .doubted("the clock says \(now.rfc3339), which is before this program was written")
    }
    if waitsForMark, !isMarked() {
      return .doubted(
        "wait_for_clock is set and the clock has not been synchronised since the machine started")
    }
    guard let lastRecorded, now + Self.tolerance < lastRecorded, !isSynchronised(), awake < Self.patience
    else {
      return .trusted
    }
    return .doubted(
      "the clock says \(now.rfc3339), and the last recorded attempt was at \(lastRecorded.rfc3339); the clock is "
        + "believed once it is synchronised, or after \(Self.patience.abbreviated)")
  }
}
