internal import Core
internal import Daemon
internal import Platform
internal import Systemd

/// `tokenroll adopt`.
enum AdoptCommand {
  @RotationActor static func run(_ options: Options) async throws(UsageError) -> ExitStatus {
    // A second word may be the secret, which no message may repeat.
    guard options.operands.count == 1, let name = options.operands.first else {
      throw UsageError(
        "`tokenroll adopt` takes one entry, and the secret on standard input, never as an argument")
    }
    do throws(ServiceFailure) {
      let ending = try await Adoption.run(
        options.configuration, entry: name, log: .choose(format: .auto, minimumPriority: .warning)
      ) { () throws(SystemError) in
        try SecretInput.read(prompt: "Secret of \(name): ")
      }
      return report(ending, name)
    } catch {
      Terminal.complain("tokenroll: " + error.advised("where that is the service: systemctl stop tokenroll"))
      return ExitStatus(error.kind)
    }
  }

  private static func report(_ ending: Adoption.Ending, _ name: String) -> ExitStatus {
    switch ending {
    case .refused(let reason):
      Terminal.complain("tokenroll: nothing was adopted for \(name): \(reason)")
      return .failure
    case .adopted(let report):
      for remark in report.remarks { Terminal.complain("tokenroll: \(remark)") }
      Terminal.print("\(name): the secret of token \(report.tokenID) is in force, published and recorded:")
      for file in report.files { Terminal.print("  \(file)") }
      if report.hasActions {
        Terminal.print("Tell its consumers once the service runs: tokenroll run-actions \(name)")
      }
      return .success
    }
  }
}
