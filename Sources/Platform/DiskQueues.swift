internal import Dispatch

/// Queues beside the rotation queue for calls that wait for the disk: those of several rolls wait side by side, and the file system's
/// journal makes one commit of them.
///
/// A caller goes on once its call has returned, so that the steps of one roll follow each other as ever. Nothing but such calls runs
/// there: what they found is judged on the rotation queue.
@RotationActor public final class DiskQueues {
  /// More of them bring nothing, for each costs a thread while it works.
  private static let count = 8

  private struct Lane {
    let queue: DispatchQueue
    /// How many calls it has to make.
    var load = 0
  }

  private var lanes = (0..<count).map { Lane(queue: DispatchQueue(label: "tokenroll.disk.\($0)")) }

  /// Whether nobody else could go on meanwhile: then a call is made where it is asked for, since a change of threads only costs time.
  public var isAlone: @RotationActor () -> Bool = { false }

  /// Queues without threads, for they have nothing to do yet.
  public init() {}

  /// Makes `call` and returns what it does, or throws.
  ///
  /// What `call` touches is nobody else's until then, and what it returns is the caller's.
  public func run<Value>(
    _ call: @escaping () throws(SystemError) -> Value
  ) async throws(SystemError) -> Value {
    guard !isAlone() else { return try call() }
    let index = lanes.indices.min { lanes[$0].load < lanes[$1].load } ?? 0
    lanes[index].load += 1
    defer { lanes[index].load -= 1 }
    nonisolated(unsafe) let call = call
    #if DEBUG
      let faults = SyscallFaults.current
    #endif
    let queue = lanes[index].queue
    let result = await withCheckedContinuation {
      (waiter: CheckedContinuation<Handed<Value>, Never>) in
      queue.async {
        #if DEBUG
          // The faults of the task that waits.
          let result = SyscallFaults.$current.withValue(faults) { Result(of: call) }
        #else
          let result = Result(of: call)
        #endif
        waiter.resume(returning: Handed(result: result))
      }
    }
    return try result.result.get()
  }
}

/// What one thread made and another goes on with; the first has let go of it.
private struct Handed<Value>: @unchecked Sendable {
  let result: Result<Value, SystemError>
}

extension Result where Failure == SystemError {
  fileprivate init(of call: () throws(SystemError) -> Success) {
    do throws(SystemError) {
      self = .success(try call())
    } catch {
      self = .failure(error)
    }
  }
}
