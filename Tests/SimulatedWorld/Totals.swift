/// What a run went through, to be added up over many.
public struct Totals: Sendable {
  /// Worlds.
  public var seeds = 0
  /// Entries of all worlds.
  public var entries = 0
  /// Years that passed for an entry, all entries together.
  public var entryYears = 0
  /// Requests that rolled, whether or not the service heard of it.
  public var rolls = 0
  /// Requests to roll that were sent.
  public var sent = 0
  /// Requests among them whose answer did not say what came of them.
  public var uncertain = 0
  /// Rolls that took effect after the service had given them up.
  public var late = 0
  /// Curing rolls that were sent.
  public var cures = 0
  /// Requests among those sent that create a token in the place of another.
  public var creations = 0
  /// Tokens that were deleted by the service.
  public var deletions = 0
  /// Rolls that settled.
  public var settled = 0
  /// Starts of the service after it was stopped hard.
  public var crashes = 0
  /// Faults of the API, the network and the disk.
  public var faults = 0
  /// Times the clock was set.
  public var clockSteps = 0
  /// Rolls by somebody else.
  public var foreignRolls = 0

  /// Nothing so far.
  public init() {}

  /// Adds those of another run.
  public static func += (sum: inout Totals, other: Totals) {
    sum.seeds += other.seeds
    sum.entries += other.entries
    sum.entryYears += other.entryYears
    sum.rolls += other.rolls
    sum.sent += other.sent
    sum.uncertain += other.uncertain
    sum.late += other.late
    sum.cures += other.cures
    sum.creations += other.creations
    sum.deletions += other.deletions
    sum.settled += other.settled
    sum.crashes += other.crashes
    sum.faults += other.faults
    sum.clockSteps += other.clockSteps
    sum.foreignRolls += other.foreignRolls
  }
}

extension Totals: CustomStringConvertible {
  /// One line.
  public var description: String {
    "\(seeds) seeds, \(entries) entries, \(entryYears) entry-years; \(sent) requests to roll (\(uncertain) of "
      + "uncertain outcome, \(late) late, \(cures) cures, \(creations) creations), \(rolls) rolls, \(settled) "
      + "settled, \(deletions) tokens deleted; \(crashes) crashes, "
      + "\(faults) faults, \(clockSteps) clock steps, \(foreignRolls) rolls by others"
  }
}
