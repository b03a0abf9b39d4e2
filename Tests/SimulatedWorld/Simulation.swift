internal import Core

/// Simulated worlds by the seed: what the service went through in each, and what it broke.
public struct Simulation: Sendable {
  /// Entries of a world.
  public var entries: Int
  /// Years that pass in it.
  public var years: Int
  /// Days between two rolls of an entry.
  public var days: Int

  /// Worlds of the given size.
  public init(entries: Int = 5, years: Int = 2, days: Int = 30) {
    self.entries = entries
    self.years = years
    self.days = days
  }

  /// Lets the world of `seed` take its course; `trace` hears every step.
  public func run(seed: UInt64, trace: ((String) -> Void)? = nil) -> (totals: Totals, violation: Violation?) {
    run(seed: seed, trace: trace) { EntryDriver(world: $0, slot: $1, records: $2) }
  }

  func run(
    seed: UInt64, trace: ((String) -> Void)? = nil,
    makeDriver: @escaping (World, Int, Records) -> EntryDriver
  ) -> (totals: Totals, violation: Violation?) {
    let world = World(
      seed: seed, size: World.Size(entries: entries, years: years, period: .days(Int64(days))), tracer: trace,
      makeDriver: makeDriver)
    world.run()
    return (world.totals, world.violation)
  }
}
