import Core
public import Dispatch

/// The one serial queue on which everything that decides or touches a secret runs.
///
/// An actor whose executor is a Dispatch queue, so that Dispatch sources, libcurl's callbacks and `async` code
/// exclude each other without a lock. Work that may block (a slow disk) blocks it on purpose: the watchdog is fed
/// from here, and tells the truth.
@globalActor public actor RotationActor {
  /// The one instance.
  public static let shared = RotationActor()

  private let executor = QueueExecutor(label: "tokenroll.rotation")

  /// The queue behind the actor: the target of every Dispatch source of the service.
  public nonisolated var queue: DispatchQueue { executor.queue }

  /// The queue as an executor.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Runs `body` as the actor, from code that already runs on its queue, as a handler of a Dispatch source does.
  ///
  /// Stops the process where it is called from anywhere else.
  public static func assumeIsolated<Result: Sendable>(_ body: @RotationActor () throws -> Result) rethrows
    -> Result
  {
    shared.preconditionIsolated()
    return try withoutActuallyEscaping(body) { body in
      try unsafeBitCast(body, to: (() throws -> Result).self)()
    }
  }
}

/// A serial Dispatch queue as a `SerialExecutor` (`DispatchSerialQueue` is not to be had on Linux).
private final class QueueExecutor: SerialExecutor {
  let queue: DispatchQueue

  init(label: String) {
    queue = DispatchQueue(label: label)
    queue.setSpecific(key: Self.key, value: ObjectIdentifier(self))
  }

  private static let key = DispatchSpecificKey<ObjectIdentifier>()

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let executor = asUnownedSerialExecutor()
    queue.async { job.runSynchronously(on: executor) }
  }

  func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

  func isIsolatingCurrentContext() -> Bool? {
    DispatchQueue.getSpecific(key: Self.key) == ObjectIdentifier(self)
  }

  func checkIsolated() {
    dispatchPrecondition(condition: .onQueue(queue))
  }
}
