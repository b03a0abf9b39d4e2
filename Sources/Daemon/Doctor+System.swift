internal import Configuration
public import Core
internal import Glibc
internal import Platform
internal import Store
internal import Systemd

// MARK: - Unit and journal

extension Doctor {
  mutating func examineUnit(_ configuration: Configuration) {
    if let unit {
      findings += UnitCheck(unit, configuration).findings
    } else {
      findings.append(
        .warn(
          "unit",
          "no \(UnitCheck.unitName) is installed",
          cure: UnitCheck.installation))
    }
  }

  /// What a service that has run since `start` does not know yet, for systemd reads it at the start alone.
  public nonisolated static func changes(since start: Timestamp) -> [Finding] {
    guard let unit = try? InstalledUnit.find(UnitCheck.unitName) else { return [] }
    return unit.filesChanged(since: start).map { path in
      .warn(
        "service", "\(path) was changed after the service started, which goes on without the change",
        cure: "systemctl daemon-reload && systemctl restart \(unit.name)")
    }
  }

  mutating func examineJournal() {
    findings.append(
      Journal.isReachable
        ? .ok("journal", "messages can be sent to it")
        : .warn(
          "journal", "it cannot be reached, so messages go to standard error alone",
          cure:
            "systemctl start systemd-journald.socket; without systemd, keep standard error (--log-format json)"
        ))
    findings.append(
      MessageCatalog.explains(.rollUncertain)
        ? .ok("catalog", "`journalctl -x` explains the messages")
        : .warn(
          "catalog", "`journalctl -x` does not explain the messages",
          cure:
            "install deploy/tokenroll.catalog as /usr/lib/systemd/catalog/tokenroll.catalog (the package does), then "
            + "journalctl --update-catalog"))
  }
}

// MARK: - State and clock

extension Doctor {
  mutating func examineState(_ configuration: Configuration) {
    let directory = configuration.stateDirectory
    do throws(SystemError) {
      let rights = try FileAttributes(of: directory)
      if rights.mode & 0o077 != 0 {
        findings.append(
          .warn(
            "state", "\(directory) \(rights.description), so others can look into it",
            cure: "chmod 0700 \(directory)"))
      }
      try examineDatabase(of: configuration)
    } catch {
      findings.append(
        error.code == ENOENT
          ? .ok("state", "\(directory) is made when the service starts for the first time")
          : vantage.finding(
            "state", error, cure: "chown -R \(vantage.name) \(directory); chmod 0700 \(directory)"))
    }
  }

  private mutating func examineDatabase(of configuration: Configuration) throws(SystemError) {
    let directory = configuration.stateDirectory
    let path = "\(directory)/\(RollStore.fileName)"
    do {
      // First by its rights, for SQLite does not say what it was that the system refused.
      try vantage.look { () throws(SystemError) in try FileAttributes.proveReadable(path) }
      let machineID = try MachineID.hexadecimal()
      let records = try vantage.look { () throws(StoreError) in
        try RollHistory.examine(directory: directory, machineID: machineID).tokens()
      }
      lastRecorded = records.compactMap(\.lastAttempt).max()
      findings.append(.ok("state", "\(path) is sound, and of this machine"))
      examineHolds(configuration, records)
    } catch let error as SystemError {
      guard error.code == ENOENT else { throw error }
      findings.append(.ok("state", "\(path) is made when the service starts for the first time"))
    } catch {
      findings.append(
        .fail(
          "state", "\(error)", cure: "as the message says; docs/operations.md, \"Recovery\", has the steps"))
    }
  }

  private mutating func examineHolds(_ configuration: Configuration, _ records: [TokenRecord]) {
    let held = Set(records.filter(\.isHeld).flatMap { record in record.ids.map { [record.accountID, $0] } })
    for entry in configuration.tokens
    where entry.tokenIDs.contains(where: { held.contains([entry.accountID, $0]) }) {
      findings.append(
        .fail(
          entry.name, "it is not rolled by itself, because the API refused the secret of its last roll",
          cure:
            "find out who else rolls this token (the account's audit log), then `tokenroll roll \(entry.name)`"
        ))
    }
  }

  mutating func examineClock(_ configuration: Configuration) {
    let now = SystemClock().now
    let isSynchronised = ClockState.isSynchronised
    let verdict = ClockTrust(waitsForMark: configuration.waitForClock).verdict(
      now: now, lastRecorded: lastRecorded, isMarked: ClockState.isMarked, isSynchronised: isSynchronised,
      awake: .zero)
    switch verdict {
    case .doubted(let reason):
      findings.append(.fail("clock", "nothing is rolled: \(reason)", cure: Cure.clock))
    case .trusted where !isSynchronised:
      findings.append(
        .warn("clock", "\(now.rfc3339), kept by nobody, as far as the kernel knows", cure: Cure.clock))
    case .trusted: findings.append(.ok("clock", "\(now.rfc3339), synchronised"))
    }
  }
}
