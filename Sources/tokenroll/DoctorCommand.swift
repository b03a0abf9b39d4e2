internal import Daemon
internal import JSON
internal import Platform

/// `tokenroll doctor`.
enum DoctorCommand {
  @RotationActor static func run(_ options: Options) async -> ExitStatus {
    var findings = await Doctor.examine(options.configuration, isOffline: options.isOffline)
    findings += service(options)
    if options.wantsJSON {
      FindingReport.printJSON(findings, isHealthy: !findings.contains { $0.verdict == .fail })
    } else {
      FindingReport.print(findings)
    }
    return findings.contains { $0.verdict == .fail } ? .failure : .success
  }
}

// MARK: - The running service

extension DoctorCommand {
  /// What the running service says of itself.
  private static func service(_ options: Options) -> [Finding] {
    // Where the socket cannot be known the configuration has problems, which were found before.
    guard let path = options.socket ?? (try? ControlSocket.path(ofServiceWith: options.configuration)) else {
      return []
    }
    do throws(ControlFailure) {
      let status = try ServiceStatus(try ControlClient(path))
      let troubled = status.entries.filter { $0["healthy"]?.boolean != true }
      var findings = troubled.map(finding)
      if let start = ServiceStatus.time(status.summary?["started_at"]) {
        findings += Doctor.changes(since: start)
      }
      if let doubt = status.summary?["clock_doubt"]?.string {
        findings.append(
          .fail(
            "service", "nothing is rolled: \(doubt)",
            cure: "set the clock right"))
      }
      if let error = status.summary?["clock_error"]?.string {
        findings.append(.warn("service", error, cure: "set the clock right"))
      }
      if let pause = status.summary?["pause"]?["reason"]?.string {
        findings.append(
          .warn(
            "service", "no new roll is begun, for it is paused: \(pause)",
            cure: "tokenroll resume"))
      }
      if findings.isEmpty {
        findings = [.ok("service", "it runs, and no entry is in trouble")]
      }
      return findings
    } catch {
      return [failure(error)]
    }
  }

  private static func finding(_ entry: JSONNode) -> Finding {
    let name = entry["name"]?.string ?? "?"
    let trouble = StatusCommand.trouble(entry) ?? entry["state"]?.string ?? "in trouble"
    return .fail(
      "service", "\(name): \(trouble)",
      cure: entry["advice"]?.string ?? "`tokenroll status \(name)` says more")
  }

  private static func failure(_ failure: ControlFailure) -> Finding {
    if case .notRunning = failure {
      return .warn(
        "service", failure.description,
        cure: "systemctl start tokenroll; where it does not start, journalctl -u tokenroll says why")
    }
    return .warn(
      "service", "it cannot be asked: \(failure.description)",
      cure: "run this as root or as the service's user")
  }
}
