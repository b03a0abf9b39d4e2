internal import Configuration
internal import Core
internal import Glibc
public import Platform
internal import Systemd

/// What `tokenroll doctor` finds out: all that can keep rolls from working, without changing anything.
@RotationActor public struct Doctor {
  var findings: [Finding] = []
  let unit: InstalledUnit?
  let vantage: Vantage
  /// The latest attempt that the state knows.
  var lastRecorded: Timestamp?

  /// Examines the service of the configuration `file` and its machine; with `isOffline` no request is made.
  public static func examine(_ file: String, isOffline: Bool) async -> [Finding] {
    var doctor = Doctor()
    if let configuration = doctor.configuration(file) {
      await doctor.examine(configuration, isOffline: isOffline)
    } else {
      doctor.findings.append(
        .warn(
          "configuration", "credentials, destinations, the API and the unit were not examined",
          cure: "mend the configuration first, then run `tokenroll doctor` again"))
    }
    doctor.examineJournal()
    return doctor.findings
  }

  private init() {
    do throws(SystemError) {
      unit = try InstalledUnit.find(UnitCheck.unitName)
    } catch {
      unit = nil
      findings.append(
        .fail("unit", "\(error)", cure: "let everyone read the unit and its drop-ins (chmod 0644)"))
    }
    vantage = Vantage(user: unit.flatMap { try? ServiceUser(of: $0) })
  }

  private mutating func examine(_ configuration: Configuration, isOffline: Bool) async {
    let credentials = examineCredentials(configuration)
    examineDestinations(configuration)
    await examineEncryption(configuration)
    examinePrograms(configuration)
    examineState(configuration)
    examineStorage(configuration)
    examineUnit(configuration)
    examineClock(configuration)
    if isOffline {
      findings.append(.ok("api", "not examined, as was asked (--offline)"))
    } else {
      await examineAPI(configuration, credentials)
    }
  }
}

// MARK: - Configuration

extension Doctor {
  private mutating func configuration(_ file: String) -> Configuration? {
    let subject = "configuration"
    do throws(ConfigurationFile.Failure) {
      let configuration = try ConfigurationFile.load(file)
      let count = configuration.tokens.count
      findings.append(.ok(subject, "\(file): \(count) \(count == 1 ? "entry" : "entries"), no problems"))
      examineRights(file)
      return configuration
    } catch {
      switch error {
      case .unreadable(let error):
        let cure = "write it (tokenroll.json(5)), and let \(vantage.name) read it: chmod 0644 \(file)"
        findings.append(vantage.finding(subject, error, cure: cure))
      case .refused(let error):
        for problem in error.description.split(separator: "\n") {
          findings.append(.fail(subject, String(problem), cure: "correct this place, then `tokenroll check`"))
        }
      }
      return nil
    }
  }

  private mutating func examineRights(_ file: String) {
    do throws(SystemError) {
      let rights = try FileAttributes(of: file)
      if rights.mode & S_IWOTH != 0 || rights.mode & S_IWGRP != 0 && rights.group != 0 {
        findings.append(
          .fail(
            "configuration", "\(file) \(rights.description), so others can change what is published where",
            cure: "chmod go-w \(file)"))
      }
      try vantage.look { () throws(SystemError) in try FileAttributes.proveReadable(file) }
    } catch {
      findings.append(
        vantage.finding("configuration", error, cure: "let \(vantage.name) read it: chmod 0644 \(file)"))
    }
  }
}
