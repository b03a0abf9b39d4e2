/// A promise that was broken, and where.
public struct Violation: Error, Sendable, CustomStringConvertible {
  /// The seed of the world.
  public var seed: UInt64
  /// What was broken: one sentence that names entry and roll.
  public var text: String

  /// The sentence.
  public var description: String { text }
}

/// The service stops hard, here and now.
struct Crash: Error {}
