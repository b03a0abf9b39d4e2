internal import Core
internal import Daemon
internal import Platform

/// `tokenroll audit`.
enum AuditCommand {
  @RotationActor static func run(_ options: Options) async -> ExitStatus {
    do throws(ServiceFailure) {
      let findings = try await Audit.run(options.configuration, unusedFor: options.unusedFor ?? .days(90))
      let isGood = findings.allSatisfy { $0.verdict == .ok }
      if options.wantsJSON {
        FindingReport.printJSON(findings, isHealthy: isGood)
      } else {
        FindingReport.print(findings)
      }
      return isGood ? .success : .failure
    } catch {
      Terminal.complain("tokenroll: \(error.description)")
      return ExitStatus(error.kind)
    }
  }
}
