internal import Core
internal import Platform

/// What one roll is making durable just now: a stop waits for it, and the watchdog hears of it where it does not end.
@RotationActor final class DurableSteps {
  /// The longest that a disk may take for one of them.
  private static let bound = TimeSpan.seconds(30)

  private let health: Health
  /// Whether one is under way; a roll has no two at a time.
  private(set) var isBusy = false

  init(health: Health) { self.health = health }

  /// Takes the step `body`, which is `what` in words.
  func take<Value, Failure: Error>(
    _ what: String, _ body: () async throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    let step = health.begin(what, within: Self.bound)
    isBusy = true
    defer {
      isBusy = false
      health.end(step)
    }
    return try await body()
  }
}
