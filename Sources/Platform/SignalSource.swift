internal import Dispatch
internal import Glibc

/// Signals as events on the rotation queue.
///
/// A signal is a level, not a count: several quick ones arrive as one event.
@RotationActor public final class SignalSource {
  private let signals: [Int32]
  private let handler: @RotationActor @Sendable (Int32) -> Void
  // Dispatch objects may be used from everywhere. Made by `activate`: one that was never activated cannot be released.
  private nonisolated(unsafe) var sources: [any DispatchSourceSignal] = []

  /// Takes over `signals` (signal(7)) once `activate` has returned; until then a SIGHUP is ignored.
  public init(_ signals: [Int32], handler: @escaping @RotationActor @Sendable (Int32) -> Void) {
    self.signals = signals
    self.handler = handler
    // By default it would end the process in the moment before Dispatch has its own handler in place.
    if signals.contains(SIGHUP) { signal(SIGHUP, SIG_IGN) }
  }

  deinit { for source in sources { source.cancel() } }

  /// Starts, and returns when no signal that arrives from now on can be missed: say READY=1 only after that.
  public func activate() async {
    guard sources.isEmpty else { return }
    let handler = handler
    for signal in signals {
      let source = DispatchSource.makeSignalSource(signal: signal, queue: RotationActor.shared.queue)
      source.setEventHandler { @Sendable in RotationActor.assumeIsolated { handler(signal) } }
      sources.append(source)
      await withCheckedContinuation { continuation in
        source.setRegistrationHandler { @Sendable in continuation.resume() }
        source.activate()
      }
    }
  }

  /// Has writing to a pipe or socket that nobody reads fail with EPIPE instead of ending the process (SIGPIPE).
  public nonisolated static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }
}
