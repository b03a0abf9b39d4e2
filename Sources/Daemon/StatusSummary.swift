internal import Core

/// What the one line of `systemctl status` says.
struct StatusSummary {
  var entries: Int
  var failing: Int
  /// Units that could not be reloaded.
  var unreloaded: Int
  /// Programs that failed.
  var failedPrograms: Int
  var rolling: Int
  /// What is paused, and why.
  var pause: String?
  var next: (name: String, time: Timestamp)?

  /// "12 entries, next dns-edge in 3 h, 1 failing".
  func line(at now: Timestamp) -> String {
    var parts = [entries == 1 ? "1 entry" : "\(entries) entries"]
    if rolling > 0 { parts.append("\(rolling) rolling") }
    if let next {
      let wait = next.time - now
      parts.append(wait > .zero ? "next \(next.name) in \(wait.abbreviated)" : "\(next.name) is due")
    }
    if let pause { parts.append("PAUSED: \(pause)") }
    if failing > 0 { parts.append("\(failing) failing") }
    if unreloaded > 0 { parts.append("\(unreloaded) \(unreloaded == 1 ? "unit" : "units") not reloaded") }
    if failedPrograms > 0 {
      parts.append("\(failedPrograms) \(failedPrograms == 1 ? "program" : "programs") failed")
    }
    return parts.joined(separator: ", ")
  }
}
