internal import Dispatch
internal import Glibc

/// A Dispatch source on the rotation queue that owns the descriptor it watches.
///
/// An epoll instance stands between the two, because libdispatch must never see a hang-up: it then takes the source out
/// of its tables on two threads at once (swift-corelibs-libdispatch 949; a system call trace shows it). An epoll instance
/// is readable while what it watches is ready or hung up, and never hangs up itself (epoll(7)).
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

  /// Watches `descriptor` from now on and calls `handler` whenever it is ready, has failed or was hung up.
  ///
  /// Throws where the kernel gives no epoll instance, or `descriptor` is a file, which is always ready.
  package init(
    _ descriptor: consuming FileDescriptor, _ direction: Direction = .reading,
    handler: @escaping @RotationActor @Sendable () -> Void
  ) throws(Errno) {
    let instance = try Syscalls.epollCreate()
    try Syscalls.epollAdd(instance.rawValue, descriptor.rawValue, forWriting: direction == .writing)
    let readiness = instance.release()
    let rawValue = descriptor.release()
    self.rawValue = rawValue
    source = DispatchSource.makeReadSource(fileDescriptor: readiness, queue: RotationActor.shared.queue)
    source.setEventHandler { @Sendable in RotationActor.assumeIsolated { handler() } }
    source.setCancelHandler { @Sendable in
      close(readiness)
      close(rawValue)
    }
    source.activate()
  }

  deinit { source.cancel() }

  /// Stops watching; the descriptor is closed a moment later.
  package nonisolated func cancel() { source.cancel() }
}
