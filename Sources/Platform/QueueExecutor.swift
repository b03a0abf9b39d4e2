package import Dispatch

/// A serial Dispatch queue as the executor of an actor (`DispatchSerialQueue` is not to be had on Linux).
///
/// Not the executor of tasks as well: a job has to run as what it was enqueued for. One object cannot tell, and a task
/// without a preference that runs as if it had one is lost at a suspension (seen with Swift 6.3, one task being enough).
package final class QueueExecutor: SerialExecutor {
  /// The queue.
  package let queue: DispatchQueue

  /// A queue that shows as `label` in a debugger.
  package init(label: String) {
    queue = DispatchQueue(label: label)
    queue.setSpecific(key: Self.key, value: ObjectIdentifier(self))
  }

  private static let key = DispatchSpecificKey<ObjectIdentifier>()

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let executor = asUnownedSerialExecutor()
    queue.async { job.runSynchronously(on: executor) }
  }

  package func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

  package func isIsolatingCurrentContext() -> Bool? {
    DispatchQueue.getSpecific(key: Self.key) == ObjectIdentifier(self)
  }

  package func checkIsolated() {
    dispatchPrecondition(condition: .onQueue(queue))
  }
}
