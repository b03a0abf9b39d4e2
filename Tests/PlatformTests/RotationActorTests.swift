import Dispatch
import Testing

@testable import Platform

/// No task is lost at a suspension, of whatever kind it is.
@Suite(.timeLimit(.minutes(1))) struct RotationActorTests {
  /// What is waited for, as a child of the process or a reply is.
  @RotationActor private final class Outcome {
    private var value: Int?
    private var waiter: CheckedContinuation<Int, Never>?

    func wait() async -> Int {
      if let value { return value }
      return await withCheckedContinuation { waiter = $0 }
    }

    func end() {
      value = 1
      waiter?.resume(returning: 1)
    }
  }

  @RotationActor private static func waitOnce() async -> Int {
    let outcome = Outcome()
    DispatchQueue.global().async {
      RotationActor.shared.queue.async { RotationActor.assumeIsolated { outcome.end() } }
    }
    return await withTaskCancellationHandler {
      await outcome.wait()
    } onCancel: {
    }
  }

  @RotationActor private static func waitOften() async -> Int {
    var ended = 0
    for _ in 0..<1_000 { ended += await waitOnce() }
    return ended
  }

  @Test func tasksOfTheQueueEnd() async {
    let tasks = (0..<20).map { _ in RotationActor.task { await Self.waitOften() } }
    for task in tasks { #expect(await task.value == 1_000) }
  }

  @Test func plainTasksEnd() async {
    let tasks = (0..<20).map { _ in Task { await Self.waitOften() } }
    for task in tasks { #expect(await task.value == 1_000) }
  }
}
