internal import Core
internal import Dispatch
internal import Platform
internal import Synchronization

/// Messages that neither the journal nor standard error took, kept until the journal takes them.
///
/// Where journald is stopped with its sockets, what a service writes on standard error is lost too.
final class JournalBacklog: Sendable {
  /// How many messages are kept; beyond that the oldest ones are dropped, and counted.
  static let limit = 1_000
  /// How long after a refusal the journal is tried again where no message does so before.
  static let pause = TimeSpan.seconds(2)

  private struct State {
    var held: [[String]] = []
    var dropped = 0
    var since: Timestamp?
    var isRetryPlanned = false
  }

  private let state = Mutex(State())
  private let send: @Sendable ([String]) -> Int32
  private let clock: any Clock
  private let later: @Sendable (@escaping @Sendable () -> Void) -> Void

  /// A backlog for a journal that is written to with `send`; `later` calls what it is given after `pause`.
  init(
    send: @escaping @Sendable ([String]) -> Int32, clock: any Clock = SystemClock(),
    later: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void = JournalBacklog.onRotationQueue
  ) {
    self.send = send
    self.clock = clock
    self.later = later
  }

  /// Sends `assignments` after all that is held; false where the journal does not take them.
  func send(_ assignments: [String]) -> Bool {
    state.withLock { flush(&$0) && send(assignments) >= 0 }
  }

  /// Keeps `assignments`, with the time in a field of their own, for when the journal is back.
  func keep(_ assignments: [String]) {
    let now = clock.now
    let isRetryNeeded = state.withLock { state in
      state.held.append(assignments + ["TOKENROLL_TIME=\(now.rfc3339(microseconds: true))"])
      if state.held.count > Self.limit {
        state.held.removeFirst()
        state.dropped += 1
      }
      state.since = state.since ?? now
      defer { state.isRetryPlanned = true }
      return !state.isRetryPlanned
    }
    if isRetryNeeded { planRetry() }
  }

  private func planRetry() {
    later { self.retry() }
  }

  private func retry() {
    let isDone = state.withLock { state in
      let isDone = flush(&state)
      state.isRetryPlanned = !isDone
      return isDone
    }
    if !isDone { planRetry() }
  }

  /// Sends what is held, oldest first, behind a message that says so; true where nothing is left.
  private func flush(_ state: inout State) -> Bool {
    guard let since = state.since else { return true }
    guard send(JournalFields.assignments(notice(state, since))) >= 0 else { return false }
    state.dropped = 0
    while let first = state.held.first {
      guard send(first) >= 0 else { return false }
      state.held.removeFirst()
    }
    state.since = nil
    return true
  }

  private func notice(_ state: State, _ since: Timestamp) -> Event {
    let count = state.held.count
    var text =
      "the journal took no message since \(since.rfc3339); \(count) from that time "
      + "\(count == 1 ? "follows" : "follow"), with the time of each in TOKENROLL_TIME"
    if state.dropped > 0 {
      text +=
        "; \(state.dropped) before them \(state.dropped == 1 ? "is" : "are") lost, see tokenroll history for the rolls"
    }
    return Event(.journalWasAway, text)
  }

  private static let onRotationQueue: @Sendable (@escaping @Sendable () -> Void) -> Void = { body in
    RotationActor.shared.queue.asyncAfter(
      deadline: .now() + .microseconds(Int(clamping: pause.microseconds)), execute: body)
  }
}
