import JSON

/// One line of the service's log in the format `json`.
struct LogEvent: Sendable, CustomStringConvertible {
  /// The line as it was written.
  let line: String
  let kind: String
  let entry: String?
  let priority: Int64
  let message: String
  let phase: String?
  let httpStatus: Int64?
  let roll: String?

  /// Nil where the line is no event.
  init?(_ line: String) {
    guard let node = try? JSONDocument(parsing: Array(line.utf8)).root, let kind = node["event"]?.string
    else {
      return nil
    }
    self.line = line
    self.kind = kind
    entry = node["tokenroll_entry"]?.string
    priority = node["priority"]?.integer ?? -1
    message = node["message"]?.string ?? ""
    phase = node["tokenroll_phase"]?.string
    httpStatus = node["tokenroll_http_status"]?.integer
    roll = node["tokenroll_roll_id"]?.string
  }

  var description: String { "\(kind)\(entry.map { " \($0)" } ?? ""): \(message)" }
}
