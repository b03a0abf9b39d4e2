internal import Configuration
public import Core
internal import Platform

/// How far the roll of an entry is.
public struct RollProgress: Sendable {
  /// How it ended, for now.
  public enum Result: String, Sendable {
    /// It is complete.
    case settled
    /// It came to nothing, and is tried again by itself where `nextAttempt` says when.
    case failed
    /// It was taken back before it began.
    case dropped
  }

  /// The entry.
  public var entry: String
  /// Where its machine stands.
  public var phase: RollPhase
  /// The roll.
  public var rollID: RollID?
  /// What is wrong with it; nil while nothing is.
  public var trouble: String?
  /// When it is tried again by itself.
  public var nextAttempt: Timestamp?
  /// How it ended; nil while it goes on.
  public var result: Result?

  /// That of an entry, as far as it is known.
  public init(
    entry: String, phase: RollPhase, trouble: String? = nil, nextAttempt: Timestamp? = nil, result: Result?
  ) {
    self.entry = entry
    self.phase = phase
    self.trouble = trouble
    self.nextAttempt = nextAttempt
    self.result = result
  }

  /// That of a runner at work.
  @RotationActor init(_ runner: RollRunner) {
    self.init(entry: runner.entry.name, phase: runner.machine.phase, result: nil)
    rollID = runner.machine.rollID
    trouble = runner.machine.trouble
  }

  /// That of a runner that has done what it can for now.
  @RotationActor init(resting runner: RollRunner, nextAttempt: Timestamp?) {
    self.init(runner)
    self.nextAttempt = nextAttempt
    switch phase {
    case .waiting: result = trouble == nil ? .settled : .failed
    case .backingOff, .failed: result = .failed
    // Whether it is in force is asked without end; consumers have another.
    case .proving: result = trouble == nil ? nil : .failed
    default: result = nil
    }
  }
}
