internal import CSystemd
public import Core
internal import Dispatch
public import Platform

/// Feeds systemd's watchdog from the rotation queue itself, so that a stuck queue is a fed watchdog no longer.
@RotationActor public final class Watchdog {
  /// How long systemd waits for a sign of life; nil where it does not wait.
  public let interval: TimeSpan?
  private let feed: @RotationActor @Sendable () -> Void
  private let isHealthy: @RotationActor @Sendable () -> String?
  private let onWithheld: @RotationActor @Sendable (String) -> Void
  private var isWithheld = false
  // Dispatch objects may be used from everywhere. Made by `start`: one that was never activated cannot be released.
  private nonisolated(unsafe) var timer: (any DispatchSourceTimer)?

  /// A watchdog that begins with `start`; does nothing where `interval` is nil.
  ///
  /// `isHealthy` returns nil, or why the watchdog is not to be fed; `onWithheld` is told that reason when feeding stops.
  public init(
    interval: TimeSpan?, feed: @escaping @RotationActor @Sendable () -> Void,
    isHealthy: @escaping @RotationActor @Sendable () -> String?,
    onWithheld: @escaping @RotationActor @Sendable (String) -> Void
  ) {
    self.interval = interval
    self.feed = feed
    self.isHealthy = isHealthy
    self.onWithheld = onWithheld
  }

  deinit { timer?.cancel() }

  /// The interval that systemd asks for (sd_watchdog_enabled(3)); nil where it asks for none.
  public nonisolated static func configuredInterval() throws(SystemdError) -> TimeSpan? {
    var microseconds: UInt64 = 0
    let enabled = try check(sd_watchdog_enabled(0, &microseconds), "cannot read", "$WATCHDOG_USEC")
    return enabled > 0 ? TimeSpan(microseconds: Int64(clamping: microseconds)) : nil
  }

  /// Feeds at once, and then at every half of the interval (with a leeway of a tenth).
  public func start() {
    guard let interval, timer == nil else { return }
    let timer = DispatchSource.makeTimerSource(queue: RotationActor.shared.queue)
    let half = Int(clamping: max(interval.microseconds / 2, 1))
    timer.setEventHandler { @Sendable [weak self] in RotationActor.assumeIsolated { self?.beat() } }
    timer.schedule(
      deadline: .now(), repeating: .microseconds(half), leeway: .microseconds(half / 5))
    timer.activate()
    self.timer = timer
  }

  /// Stops feeding.
  public func stop() {
    timer?.cancel()
    timer = nil
  }

  /// One round: asks, and feeds or withholds.
  func beat() {
    guard let reason = isHealthy() else {
      isWithheld = false
      return feed()
    }
    if !isWithheld { onWithheld(reason) }
    isWithheld = true
  }
}
