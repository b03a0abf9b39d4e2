internal import Daemon

extension ServiceFailure {
  /// What went wrong, with `advice` where it is that another process works on the state.
  func advised(_ advice: String) -> String {
    guard kind == .busy, description.contains("at work on this state") else { return description }
    return "\(description); \(advice)"
  }
}
