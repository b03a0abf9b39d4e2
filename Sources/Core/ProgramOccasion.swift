/// What a program is run for, as it is told in TOKENROLL_EVENT.
public enum ProgramOccasion: String, Sendable, CaseIterable {
  /// A new secret is published: `run`.
  case published
  /// The entry began to fail: `on_failure`.
  case failure
  /// The entry works again: `on_recovery`.
  case recovery
}
