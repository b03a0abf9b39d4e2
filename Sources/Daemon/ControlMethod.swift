/// The methods of `org.tokenroll.Control`.
enum ControlMethod: String, CaseIterable {
  case status = "Status"
  case entry = "Entry"
  case history = "History"
  case watch = "Watch"
  case metrics = "Metrics"
  case roll = "Roll"
  case retry = "Retry"
  case runActions = "RunActions"
  case reload = "Reload"
  case pause = "Pause"
  case resume = "Resume"

  /// Whether it changes anything, which is not for everybody.
  var changes: Bool {
    switch self {
    case .status, .entry, .history, .watch, .metrics: false
    case .roll, .retry, .runActions, .reload, .pause, .resume: true
    }
  }
}
