internal import Dispatch
internal import Glibc

/// A Dispatch source on the rotation queue that owns the descriptor it watches.
///
/// The descriptor is closed when the source is cancelled, never before, as Dispatch demands; letting go cancels.
@RotationActor package final class DescriptorWatch {
  package enum Direction {
    case reading
    case writing
  }

  /// The number; lent.
  package nonisolated let rawValue: Int32
  // Dispatch objects may be used from everywhere.
  private nonisolated(unsafe) let source: any DispatchSourceProtocol

  /// Watches `descriptor` from now on and calls `handler` whenever it is ready.
  package init(
    _ descriptor: consuming FileDescriptor, _ direction: Direction = .reading,
    handler: @escaping @RotationActor @Sendable () -> Void
  ) {
    let rawValue = descriptor.release()
    self.rawValue = rawValue
    let queue = RotationActor.shared.queue
    source =
      switch direction {
      case .reading: DispatchSource.makeReadSource(fileDescriptor: rawValue, queue: queue)
      case .writing: DispatchSource.makeWriteSource(fileDescriptor: rawValue, queue: queue)
      }
    source.setEventHandler { @Sendable in RotationActor.assumeIsolated { handler() } }
    source.setCancelHandler { @Sendable in close(rawValue) }
    source.activate()
  }

  deinit { source.cancel() }

  /// Stops watching; the descriptor is closed a moment later.
  package nonisolated func cancel() { source.cancel() }
}
