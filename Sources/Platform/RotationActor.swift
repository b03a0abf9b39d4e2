import Core
public import Dispatch

/// The one serial queue on which everything that decides or touches a secret runs.
///
/// An actor whose executor is a Dispatch queue, so that Dispatch sources and `async` code exclude each other without a
/// lock. Work that may block (a slow disk) blocks it on purpose, but for what `DiskQueues` does beside it: the watchdog is fed
/// from here, and tells the truth.
@globalActor public actor RotationActor {
  /// The one instance.
  public static let shared = RotationActor()

  private let executor: QueueExecutor
  private let taskExecutor: QueueTaskExecutor

  private init() {
    executor = QueueExecutor(label: "tokenroll.rotation")
    taskExecutor = QueueTaskExecutor(executor)
  }

  /// The queue behind the actor: the target of every Dispatch source of the service.
  public nonisolated var queue: DispatchQueue { executor.queue }

  /// The queue as an executor.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Begins a task of which every step runs on the queue, resumptions included.
  ///
  /// A plain `Task` would resume its continuations by way of the shared pool of threads; that costs two changes of
  /// thread for each, and as soon as that pool has been used, libdispatch wakes the process once a second to look after it.
  @discardableResult public nonisolated static func task<Success: Sendable>(
    _ body: @escaping @RotationActor @Sendable () async -> Success
  ) -> Task<Success, Never> {
    Task(executorPreference: shared.taskExecutor) { await body() }
  }

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

/// The rotation queue as the executor that tasks prefer.
private final class QueueTaskExecutor: TaskExecutor {
  private let executor: QueueExecutor

  init(_ executor: QueueExecutor) { self.executor = executor }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let serial = executor.asUnownedSerialExecutor()
    let preferred = asUnownedTaskExecutor()
    executor.queue.async { job.runSynchronously(isolatedTo: serial, taskExecutor: preferred) }
  }
}
