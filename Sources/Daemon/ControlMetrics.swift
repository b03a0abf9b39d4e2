internal import Core
internal import Platform

/// Numbers for monitoring, as a text in the OpenMetrics format.
struct ControlMetrics {
  private(set) var text = ""

  /// With more entries than this, none is listed by itself.
  private static let mostSingleEntries = 2_000

  @RotationActor init(_ rotator: Rotator, events: [EventKind: Int], startedAt: Timestamp) {
    let states = rotator.slots.indices.map { rotator.state($0) }
    let single = states.count <= Self.mostSingleEntries ? states : []
    family("tokenroll_build", "info", "The version that runs")
    sample("tokenroll_build_info", [("version", Version.current)], "1")
    family("tokenroll_start_time_seconds", "gauge", "When the service started")
    sample("tokenroll_start_time_seconds", [], Self.seconds(startedAt))
    family("tokenroll_clock_trusted", "gauge", "1 where the wall clock is gone by, 0 where nothing is rolled")
    sample("tokenroll_clock_trusted", [], rotator.clockDoubt == nil ? "1" : "0")

    family("tokenroll_entries", "gauge", "Entries by state")
    for state in EntryState.Summary.allCases {
      let count = states.count { $0.summary == state }
      sample("tokenroll_entries", [("state", state.rawValue)], String(count))
    }
    family("tokenroll_entry_healthy", "gauge", "1 where nothing about the entry wants attention")
    for state in single {
      sample("tokenroll_entry_healthy", [("entry", state.name)], state.isHealthy ? "1" : "0")
    }
    family("tokenroll_entry_failures", "gauge", "Attempts in a row that came to nothing")
    for state in single {
      sample("tokenroll_entry_failures", [("entry", state.name)], String(state.failures))
    }
    family("tokenroll_entry_last_success_timestamp_seconds", "gauge", "When the entry was last rolled")
    for state in single {
      guard let time = state.lastSuccess else { continue }
      sample("tokenroll_entry_last_success_timestamp_seconds", [("entry", state.name)], Self.seconds(time))
    }
    family("tokenroll_entry_next_due_timestamp_seconds", "gauge", "When the entry is due by its schedule")
    for state in single {
      guard let time = state.nextDue else { continue }
      sample("tokenroll_entry_next_due_timestamp_seconds", [("entry", state.name)], Self.seconds(time))
    }
    family("tokenroll_units_unreloaded", "gauge", "Units that could not be reloaded for a new secret")
    sample("tokenroll_units_unreloaded", [], String(rotator.services.reloads.failing))
    family("tokenroll_events", "counter", "Events since the start, by the names that the log uses")
    for kind in EventKind.allCases {
      sample("tokenroll_events_total", [("event", kind.rawValue)], String(events[kind] ?? 0))
    }
    text += "# EOF\n"
  }

  private mutating func family(_ name: String, _ type: String, _ help: String) {
    text += "# TYPE \(name) \(type)\n# HELP \(name) \(help).\n"
  }

  /// No label of ours holds a character that would have to be escaped: names of entries, states and events do not.
  private mutating func sample(_ name: String, _ labels: [(String, String)], _ value: String) {
    let list = labels.map { "\($0)=\"\($1)\"" }.joined(separator: ",")
    text += list.isEmpty ? "\(name) \(value)\n" : "\(name){\(list)} \(value)\n"
  }

  private static func seconds(_ time: Timestamp) -> String { String(time.seconds) }
}
