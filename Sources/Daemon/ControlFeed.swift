internal import Core
internal import Dispatch
internal import Platform
internal import Synchronization

/// Passes events on to the log, counts them, and hands them to those who watch.
final class ControlFeed: EventSink {
  private let log: any EventSink
  private let counts = Mutex<[EventKind: Int]>([:])
  private let isWatched = Mutex(false)
  /// Called on the rotation queue with every event from then on.
  @RotationActor var watcher: (@RotationActor (Event) -> Void)? {
    didSet {
      let isSet = watcher != nil
      isWatched.withLock { $0 = isSet }
    }
  }

  init(_ log: any EventSink) { self.log = log }

  func record(_ event: Event) {
    log.record(event)
    counts.withLock { $0[event.kind, default: 0] += 1 }
    guard isWatched.withLock({ $0 }) else { return }
    // Later, so that whoever records is not in the middle of something when a watcher looks.
    RotationActor.shared.queue.async { RotationActor.assumeIsolated { self.watcher?(event) } }
  }

  /// How often each kind was recorded.
  var totals: [EventKind: Int] { counts.withLock { $0 } }
}
