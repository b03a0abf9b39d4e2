/// The reload of one unit as a value: what is to be sent next, and what an answer means.
///
/// Subscribed first, since systemd tells of a job's end only those who asked for it, and it must not be missed.
struct UnitReload {
  /// A call that has to be made.
  enum Call: Equatable {
    case match
    case subscribe
    case reload
  }

  /// What follows from an answer.
  enum Step: Equatable {
    case wait
    case send(Call)
    case finished
    case failed(SystemdError)
  }

  private let unit: String
  private var call = Call.match
  private var cookie: UInt64 = 0
  private var job: String?
  /// The ends of jobs that were told before the answer that names ours.
  private var ended: [String: String] = [:]

  init(_ unit: String) { self.unit = unit }

  /// Notes that `call` was sent, and by which number its answer will be known.
  mutating func sent(_ call: Call, cookie: UInt64) {
    self.call = call
    self.cookie = cookie
  }

  /// Takes a message and says what follows.
  mutating func received(_ reply: BusReply) -> Step {
    switch reply {
    case .answer(let number, let path) where number == cookie:
      switch call {
      case .match: return .send(.subscribe)
      case .subscribe: return .send(.reload)
      case .reload:
        guard let path else { return .failed(error(.other, "the answer names no job")) }
        job = path
        return ended[path].map(step) ?? .wait
      }
    case .refusal(let number, let name, let message) where number == cookie:
      return .failed(refusal(name, message))
    case .jobRemoved(let path, let result):
      if job == path { return step(result) }
      if job == nil { ended[path] = result }
      return .wait
    default:
      return .wait
    }
  }

  private func step(_ result: String) -> Step {
    // "skipped": there was nothing to do, as the unit is not running.
    if result == "done" || result == "skipped" { return .finished }
    return .failed(
      error(.jobFailed, "the job ended with the result \"\(result)\"; see \"systemctl status \(unit)\""))
  }

  private func refusal(_ name: String, _ message: String) -> SystemdError {
    switch name {
    case "org.freedesktop.DBus.Error.AccessDenied",
      "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired":
      error(
        .denied,
        "\(oneLine(message)); name it in /etc/tokenroll/reload-units, which the polkit rule of the package goes by"
      )
    case "org.freedesktop.systemd1.NoSuchUnit", "org.freedesktop.systemd1.LoadFailed",
      "org.freedesktop.systemd1.UnitMasked", "org.freedesktop.systemd1.BadUnitSetting":
      error(
        .noSuchUnit,
        "\(oneLine(message)); correct the unit's name in \"reload\", or see \"systemctl status \(unit)\"")
    case "org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner":
      error(
        .noBus, "no systemd on the bus: \(oneLine(message)); without systemd leave \"reload\" out")
    default:
      error(.other, "\(oneLine(message)) (\(name))")
    }
  }

  private func error(_ kind: SystemdError.Kind, _ reason: String) -> SystemdError {
    SystemdError(kind, "cannot reload", unit, reason: reason)
  }
}
