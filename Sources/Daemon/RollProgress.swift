internal import Configuration
internal import Core
internal import Platform

/// How far the roll of an entry is.
struct RollProgress {
  /// How it ended, for now.
  enum Result: String {
    case settled
    /// It came to nothing, and is tried again by itself where `nextAttempt` says when.
    case failed
    /// It was taken back before it began.
    case dropped
  }

  var entry: String
  var phase: RollPhase
  var rollID: RollID?
  var trouble: String?
  var nextAttempt: Timestamp?
  var result: Result?

  init(entry: String, phase: RollPhase, result: Result?) {
    self.entry = entry
    self.phase = phase
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
    default: result = nil
    }
  }
}
