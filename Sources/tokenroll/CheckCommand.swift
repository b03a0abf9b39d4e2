internal import Configuration
internal import Daemon
internal import Platform

/// `tokenroll check`.
enum CheckCommand {
  @RotationActor static func run(_ options: Options) async -> ExitStatus {
    do throws(ConfigurationFile.Failure) {
      let configuration = try ConfigurationFile.load(options.configuration)
      let count = configuration.tokens.count
      Terminal.print("\(options.configuration): \(count) \(count == 1 ? "entry" : "entries"), no problems")
      guard options.wantsProbe else { return .success }
      let findings = await Probe.run(configuration)
      for finding in findings { Terminal.print(finding.line) }
      return findings.contains { !$0.isGood } ? .failure : .success
    } catch {
      Terminal.complain(error.description)
      if case .unreadable = error { return .noInput }
      return .configuration
    }
  }
}
