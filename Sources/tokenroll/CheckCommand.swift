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
      let problems = TemplateFile.problems(in: configuration)
      guard problems.isEmpty else {
        for problem in problems { Terminal.complain(problem) }
        return .configuration
      }
      let count = configuration.tokens.count
      Terminal.print("\(options.configuration): \(count) \(count == 1 ? "entry" : "entries"), no problems")
      for note in CredentialNotes.of(configuration) { Terminal.print("note: \(note)") }
      warn(units)
      if let note = configuration.noteOnUnreadable { Terminal.complain("note: \(note)") }
      for failure in ProgramCheck.failures(configuration) {
        Terminal.complain("warning: \(failure.entry): \(failure.error)")
      }
      let unit = options.wantsUnit ? holdAgainstUnit(configuration) : .success
      guard options.wantsProbe else { return unit }
      let findings = await Probe.run(configuration)
      for finding in findings { Terminal.print(line(finding)) }
      return findings.allSatisfy { $0.verdict == .ok } ? unit : .failure
    } catch {
      Terminal.complain(error.description)
      if case .unreadable = error { return .noInput }
      return .configuration
    }
  }

  private static func line(_ finding: Finding) -> String {
    (finding.verdict == .ok ? "ok    " : "wrong ") + finding.description
  }

  private static func holdAgainstUnit(_ configuration: Configuration) -> ExitStatus {
    do throws(SystemError) {
      guard let check = try UnitCheck.run(configuration) else {
        Terminal.complain("no \(UnitCheck.unitName) is installed: \(UnitCheck.installation)")
        return .unavailable
      }
      for finding in check.findings { Terminal.print(line(finding)) }
      if !check.dropIn.isEmpty {
        Terminal.print(
          "\nMissing in \(check.description). Paste this with `systemctl edit tokenroll`, then "
            + "`systemctl restart tokenroll`:\n")
        for line in check.dropIn { Terminal.print(line) }
      }
      return check.findings.allSatisfy { $0.verdict == .ok } ? .success : .failure
    } catch {
      Terminal.complain(error.description)
      return .noInput
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
