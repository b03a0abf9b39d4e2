public import Core

/// The seam to time: the wall clock, and one that only ever goes forward.
public protocol Clock: Sendable {
  /// The wall clock (CLOCK_REALTIME); may be set, forward or back.
  var now: Timestamp { get }
  /// The time since the machine started, suspend included (CLOCK_BOOTTIME); never goes back.
  var bootTime: TimeSpan { get }
}
