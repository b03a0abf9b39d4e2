internal import Configuration
internal import Daemon
internal import Platform

/// `tokenroll check`.
enum CheckCommand {
  @RotationActor static func run(_ options: Options) async -> ExitStatus {
    do throws(ConfigurationFile.Failure) {
      let configuration = try ConfigurationFile.load(options.configuration)
      let units = ReloadUnits.named(in: configuration)
      if options.wantsReloadUnits {
        for unit in units { Terminal.print(unit) }
        return .success
      }
      let count = configuration.tokens.count
      Terminal.print("\(options.configuration): \(count) \(count == 1 ? "entry" : "entries"), no problems")
      warn(units)
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

  /// No failure: without polkit, and for a service that runs as root, the list does not matter.
  private static func warn(_ units: [String]) {
    guard !units.isEmpty else { return }
    do throws(SystemError) {
      let listed = try ReloadUnits.listed()
      for unit in units where !listed.contains(unit) {
        Terminal.complain(
          "warning: \(ReloadUnits.path) does not list \(unit), so that the service may not reload it")
      }
    } catch {
      Terminal.complain("warning: the service may reload no unit: \(error)")
    }
  }
}
