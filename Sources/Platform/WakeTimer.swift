public import Core
internal import Dispatch
internal import Glibc

/// One timer on the wall clock, on the rotation queue; nothing wakes the machine up while it is not armed.
///
/// The handler has to look at the clock by itself: after a step it can be called late, or for a plan that has changed.
@RotationActor public final class WakeTimer {
  // Dispatch objects may be used from everywhere.
  private nonisolated(unsafe) let source: any DispatchSourceTimer
  /// For when the timer is armed, nil where it is not.
  public private(set) var deadline: Timestamp?

  /// A timer that is not armed.
  public init(handler: @escaping @RotationActor @Sendable () -> Void) {
    source = DispatchSource.makeTimerSource(queue: RotationActor.shared.queue)
    source.setEventHandler { @Sendable [weak self] in
      RotationActor.assumeIsolated {
        guard let self, self.deadline != nil else { return }
        self.deadline = nil
        handler()
      }
    }
    source.activate()
  }

  deinit { source.cancel() }

  /// Calls the handler once at `instant`, at once where that has passed; replaces what was asked for before.
  public func schedule(at instant: Timestamp) {
    deadline = instant
    // Dispatch counts nanoseconds in 63 bits: nothing past 2262.
    let microseconds = min(max(instant.microseconds, 1), 9_000_000_000_000_000)
    let time = timespec(tv_sec: Int(microseconds / 1_000_000), tv_nsec: Int(microseconds % 1_000_000) * 1_000)
    source.schedule(wallDeadline: DispatchWallTime(timespec: time), leeway: .milliseconds(1))
  }

  /// Disarms the timer.
  public func cancel() {
    guard deadline != nil else { return }
    deadline = nil
    source.schedule(wallDeadline: .distantFuture)
  }
}
