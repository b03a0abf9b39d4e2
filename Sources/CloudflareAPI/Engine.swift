internal import Dispatch

/// A multi handle with the Dispatch sources that drive it; all of it ends with the object.
final class Engine {
  let multi: MultiHandle
  /// Fires when libcurl wants to be called, or when the connections have been idle for long enough.
  let timer: any DispatchSourceTimer
  private let sockets: any DispatchSourceRead

  init(
    _ multi: MultiHandle, on queue: DispatchQueue, socketsReady: @escaping @Sendable () -> Void,
    timerFired: @escaping @Sendable () -> Void
  ) {
    self.multi = multi
    timer = DispatchSource.makeTimerSource(queue: queue)
    timer.setEventHandler(handler: timerFired)
    timer.schedule(deadline: .distantFuture)
    sockets = DispatchSource.makeReadSource(fileDescriptor: multi.epoll, queue: queue)
    sockets.setEventHandler(handler: socketsReady)
    // The descriptor must outlive the source, and libcurl must end on the queue: the handler lets go of both last.
    nonisolated(unsafe) let kept = multi
    sockets.setCancelHandler { @Sendable in withExtendedLifetime(kept) {} }
    timer.activate()
    sockets.activate()
  }

  deinit {
    timer.cancel()
    sockets.cancel()
  }
}
