public import Configuration
public import Core
public import Platform
internal import Store
internal import Systemd

/// When entries are rolled next, as `tokenroll plan` shows it.
@RotationActor public struct RollPlan {
  /// One roll to come.
  public struct Occurrence: Sendable {
    /// When it is due.
    public var due: Timestamp
    /// The entry's name.
    public var entry: String
  }

  /// The time from which the plan looks ahead.
  public nonisolated let now: Timestamp
  /// The rolls to come, the earliest first.
  public nonisolated let occurrences: [Occurrence]
  /// The pauses without an end, by which rolls of these entries (nil: all) are not planned.
  public nonisolated let held: [(entry: String?, reason: String)]
  /// The entries that are not planned because an operator has to ask for their next roll.
  public nonisolated let refused: [String]
  private nonisolated let until: TimeSpan

  /// The most occurrences of one entry that are listed.
  private static let limit = 1_000
  /// The widest bar of the chart, in characters.
  private nonisolated static let barWidth = 50

  /// Looks `until` ahead, for one entry or all; with the state database where there is one.
  public static func make(
    _ configuration: Configuration, entry name: String?, until: TimeSpan
  ) throws -> RollPlan {
    let now = SystemClock().now
    let planner = Planner(machineID: Jitter.key(machineID: try MachineID.read()) ?? (0, 0), start: now)
    var records: [[String]: TokenRecord] = [:]
    var pauses: [Pause] = []
    if RollHistory.exists(in: configuration.stateDirectory) {
      let history = try RollHistory(directory: configuration.stateDirectory)
      for record in try history.tokens() {
        for id in record.ids { records[[record.accountID, id]] = record }
      }
      pauses = try history.pauses().filter { $0.isInForce(at: now) }
    }
    var occurrences: [Occurrence] = []
    var refused: [String] = []
    for entry in configuration.tokens where entry.enabled && (name == nil || entry.name == name) {
      let own = pauses.filter { $0.entry == nil || $0.entry == entry.name }
      guard own.allSatisfy({ $0.until != nil }) else { continue }
      // What comes due during a pause is rolled when it ends.
      let start = own.compactMap(\.until).max() ?? now
      let known = entry.tokenIDs.map {
        records[[entry.accountID, $0]] ?? TokenRecord(accountID: entry.accountID, tokenID: $0, firstSeen: now)
      }
      let record = TokenRecords(known[0], known.count > 1 ? known[1] : nil)
      guard !record.isHeld else {
        refused.append(entry.name)
        continue
      }
      var due = planner.due(entry, record, at: start).map { own.isEmpty ? $0 : max($0, start) }
      var count = 0
      while let time = due, time <= now + until, count < limit {
        occurrences.append(Occurrence(due: time, entry: entry.name))
        due = planner.following(entry, record, after: max(time, now))
        count += 1
      }
    }
    occurrences.sort { ($0.due, $0.entry) < ($1.due, $1.entry) }
    let held = pauses.filter { $0.until == nil && (name == nil || $0.entry == nil || $0.entry == name) }
    return RollPlan(
      now: now, occurrences: occurrences, held: held.map { ($0.entry, $0.reason) }, refused: refused,
      until: until)
  }

  /// Rolls an hour or a day as bars, so that bursts are seen; nil where there is nothing to draw.
  public nonisolated var chart: [String]? {
    guard occurrences.count > 1 else { return nil }
    let unit = until <= .days(2) ? TimeSpan.hours(1) : .days(1)
    var counts: [Int64: Int] = [:]
    for occurrence in occurrences {
      counts[max(occurrence.due, now).microseconds / unit.microseconds, default: 0] += 1
    }
    guard let first = counts.keys.min(), let last = counts.keys.max(), let most = counts.values.max() else {
      return nil
    }
    return (first...last).map { slot in
      let count = counts[slot] ?? 0
      let label = Timestamp(microseconds: slot * unit.microseconds).rfc3339.prefix(unit == .days(1) ? 10 : 16)
      let bar = String(repeating: "#", count: (count * Self.barWidth + most - 1) / most)
      return "\(label)  \(bar)\(count > 0 ? " \(count)" : "")"
    }
  }
}
