import Synchronization
import TestSupport

/// Does `work` for every item, `width` of them at a time, each on a thread of its own; the answers are in the items'
/// order.
func inParallel<Item: Sendable, Answer: Sendable>(
  _ items: [Item], width: Int, _ work: @escaping @Sendable (Item) -> Answer
) async -> [Answer] {
  await withCheckedContinuation { continuation in
    let crew = Crew(items, work) { continuation.resume(returning: $0) }
    crew.start(width)
  }
}

/// Threads that take one item after another.
private final class Crew<Item: Sendable, Answer: Sendable>: Sendable {
  private struct State: Sendable {
    var next = 0
    var left: Int
    var answers: [Answer?]
  }

  private let items: [Item]
  private let work: @Sendable (Item) -> Answer
  private let done: @Sendable ([Answer]) -> Void
  private let state: Mutex<State>

  init(
    _ items: [Item], _ work: @escaping @Sendable (Item) -> Answer,
    done: @escaping @Sendable ([Answer]) -> Void
  ) {
    self.items = items
    self.work = work
    self.done = done
    state = Mutex(State(left: items.count, answers: Array(repeating: nil, count: items.count)))
  }

  func start(_ width: Int) {
    guard !items.isEmpty else { return done([]) }
    for _ in 0..<min(width, items.count) { startThread { self.run() } }
  }

  private func run() {
    while let index = state.withLock({ state -> Int? in
      guard state.next < items.count else { return nil }
      state.next += 1
      return state.next - 1
    }) {
      let answer = work(items[index])
      let answers = state.withLock { state -> [Answer]? in
        state.answers[index] = answer
        state.left -= 1
        return state.left == 0 ? state.answers.compactMap(\.self) : nil
      }
      if let answers { done(answers) }
    }
  }
}
