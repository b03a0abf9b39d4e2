internal import Daemon
internal import JSON
internal import Platform

/// Why the running service did not do what it was asked for.
enum ControlFailure: Error {
  /// Nobody listens at the socket.
  case notRunning(String)
  /// The socket cannot be used.
  case unreachable(SystemError)
  /// The connection ended before the answer.
  case lost
  /// What was asked for is for root and the user as whom the service runs, where that is one of its own.
  case notPermitted(serviceUser: String?)
  /// The service said no.
  case refused(name: String, parameters: JSONNode?)

  /// A sentence for the operator.
  var description: String {
    switch self {
    case .notRunning(let path): "the service does not run (nobody listens at \(path))"
    case .unreachable(let error): error.description
    case .lost:
      "the connection to the service ended before its answer; what it has begun goes on, see `tokenroll status`"
    case .notPermitted(let user?): "only root and \(user), as whom the service runs, may ask for this"
    case .notPermitted(nil): "only root may ask for this"
    case .refused(let name, let parameters): Self.sentence(name, parameters)
    }
  }

  /// How the program ends then.
  var exitStatus: ExitStatus {
    if case .notPermitted = self { return .notPermitted }
    guard case .refused(let name, _) = self else { return .unavailable }
    return switch name.split(separator: ".").last {
    case "NoSuchEntry", "EntryDisabled", "InvalidParameter": .usage
    case "EntryPaused", "RollInHand", "ClockDoubted", "Stopping": .temporary
    default: .failure
    }
  }

  private static func sentence(_ name: String, _ parameters: JSONNode?) -> String {
    func text(_ key: String) -> String { parameters?[key]?.string ?? "?" }
    switch name.split(separator: ".").last {
    case "NoSuchEntry":
      return RefusalText.noSuchEntry(text("name"), nearest: parameters?["nearest"]?.string)
    case "EntryDisabled": return RefusalText.disabled(text("name"))
    case "EntryPaused": return RefusalText.paused(text("name"), reason: text("reason"))
    case "RollInHand": return RefusalText.inHand(text("name"), phase: text("phase"))
    case "ClockDoubted": return "nothing is rolled: \(text("reason"))"
    case "Stopping": return "the service is stopping"
    case "InvalidParameter": return "the service does not take \"\(text("parameter"))\" as it was given"
    case "MethodNotFound": return "the service that runs is of a version that cannot do this"
    case "Failed": return text("reason")
    default: return name
    }
  }
}
