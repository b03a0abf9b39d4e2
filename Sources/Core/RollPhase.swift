/// Where the roll machine of an entry stands: TOKENROLL_PHASE.
public enum RollPhase: String, Sendable, CaseIterable {
  /// Nothing in hand.
  case waiting
  /// A roll came to nothing; the next attempt waits.
  case backingOff = "backing-off"
  /// The API refuses in a way that will not pass by itself; the next attempt waits long.
  case failed
  /// Trying everything that could fail after the request.
  case preflight
  /// Asking the API about a token that we have not rolled before.
  case inspecting
  /// Making the intent durable.
  case intending
  /// The request is under way.
  case intended
  /// The outcome is not known; finding it out.
  case uncertain
  /// Making the new secret durable.
  case escrowing
  /// Finding out whether the new secret of a standby, or of a new token, is in force, before anybody has it.
  case proving
  /// Bringing the new secret to its destinations.
  case escrowed
  /// Published; finding out whether the new secret is in force.
  case published
  /// In force; waiting out the time in which an earlier request may still take effect.
  case confirming
  /// Writing the history.
  case verified

  /// True while the only durable trace of a secret may be an answer that is still to come or in memory.
  public var mustNotBeInterrupted: Bool { self == .intended || self == .escrowing }
}
