internal import Configuration
internal import Core
internal import Glibc
internal import Platform
internal import Store
internal import Systemd

// MARK: - Credentials

extension Doctor {
  /// Reads the credentials; those that can be had.
  mutating func examineCredentials(_ configuration: Configuration) -> [String: Secret] {
    var secrets: [String: Secret] = [:]
    for (name, source) in configuration.credentials.sorted(by: { $0.key < $1.key }) {
      let subject = "credential \(name)"
      guard let path = CredentialNotes.path(of: source, unit) else {
        findings.append(
          .warn(
            subject,
            "it cannot be seen from here, for only systemd can hand over \"\(source.file)\" (encrypted, or not in place)",
            cure:
              "see that it lies in /etc/credstore or /etc/credstore.encrypted, start the service, and run this again as root"
          ))
        continue
      }
      do throws(SystemError) {
        let successors = Successors(stateDirectory: configuration.stateDirectory)
        let reading = try read(path, name, successors, asService: path == source.file)
        secrets[name] = reading.secret
        findings.append(.ok(subject, reading.sentence))
        examineRights(subject, path)
      } catch {
        let cure =
          error.code == ENOENT
          ? "make it: install -D -m 0600 /dev/stdin \(path), paste the secret, then Ctrl-D"
          : "put the token alone into \(path), with mode 0600, for \(path == source.file ? vantage.name : "root") to read"
        findings.append(vantage.finding(subject, error, cure: cure))
      }
    }
    return secrets
  }

  /// systemd reads what it hands over as root; the rest the service reads itself.
  private func read(
    _ path: String, _ name: String, _ successors: Successors, asService: Bool
  ) throws(SystemError) -> CredentialReader.Reading {
    let reader = CredentialReader(directory: CredentialsDirectory(path: nil), successors: successors)
    let source = CredentialSource(file: path)
    guard asService else { return try reader.read(source, name: name) }
    return try vantage.look { () throws(SystemError) in try reader.read(source, name: name) }
  }

  private mutating func examineRights(_ subject: String, _ path: String) {
    guard let rights = try? FileAttributes(of: path) else { return }
    let isForAll = rights.mode & (S_IROTH | S_IWOTH) != 0
    let isForGroup =
      rights.mode & (S_IRGRP | S_IWGRP) != 0 && rights.group != 0
      && rights.group != vantage.user?.identity?.group
    guard isForAll || isForGroup else { return }
    findings.append(
      Finding(
        verdict: isForAll ? .fail : .warn, subject: subject,
        text: "\(path) \(rights.description), so others can read it",
        cure: "chmod 0600 \(path)"))
  }
}

// MARK: - Programs

extension Doctor {
  mutating func examinePrograms(_ configuration: Configuration) {
    for (entry, path) in ProgramCheck.named(in: configuration) {
      do throws(SystemError) {
        try vantage.look { () throws(SystemError) in try ProgramFile.examine(path) }
        findings.append(.ok(entry, "\(path) can be run"))
      } catch {
        findings.append(vantage.finding(entry, error, cure: Cure.program(path, error)))
      }
    }
  }
}

// MARK: - Destinations and their file systems

extension Doctor {
  mutating func examineDestinations(_ configuration: Configuration) {
    let publisher = Publisher(escrow: Escrow(stateDirectory: configuration.stateDirectory))
    for entry in configuration.tokens {
      for group in entry.groups { examine(group, entry.name, publisher) }
    }
    if let file = configuration.metrics?.file { examineMetrics(file) }
  }

  private mutating func examineMetrics(_ file: String) {
    do throws(SystemError) {
      try vantage.look { () throws(SystemError) in try AtomicFile.examine(MetricsFile.specification(file)) }
      findings.append(.ok("metrics", "\(file) can be replaced"))
    } catch {
      findings.append(vantage.finding("metrics", error, cure: Cure.metrics))
    }
  }

  private mutating func examine(_ group: DestinationGroup, _ entry: String, _ publisher: Publisher) {
    let destination = group.first
    do throws(SystemError) {
      let specification = try publisher.specification(of: group)
      try vantage.look { () throws(SystemError) in
        try publisher.readTemplates(of: group)
        try group.examine(specification)
      }
      // With a unit its drop-ins matter too, which `UnitCheck` judges.
      if unit == nil, geteuid() != 0, let group = specification.group, !Identity.current.isMember(of: group) {
        findings.append(
          .fail(
            entry,
            "user \(vantage.name) may not give \(destination.replaced) the group \(destination.group ?? ""), of which it is "
              + "no member",
            cure:
              "usermod -aG \(destination.group ?? "") \(vantage.name), or correct \"group\" in the configuration"
          ))
      } else {
        findings.append(.ok(entry, "\(destination.replaced) can be replaced"))
      }
    } catch {
      findings.append(
        vantage.finding(entry, error, cure: Cure.destination(destination, error, user: vantage.name)))
    }
  }

  /// A destination needs some kilobytes for each file, the state some more.
  private static let (least, few) = (bytes: (1 << 20, 64 << 20), files: (64, 1_024))

  mutating func examineStorage(_ configuration: Configuration) {
    let state = configuration.stateDirectory
    var seen: Set<UInt> = []
    let published = configuration.tokens.flatMap { entry in
      entry.publish.map { String(PathParts($0.replaced).directory) }
    }
    var directories: [String] = []
    for directory in [state] + published where !directories.contains(directory) {
      directories.append(directory)
    }
    for directory in directories {
      do throws(SystemError) {
        if try FileSystemKind.of(directory) == .volatile {
          findings.append(Self.volatile(directory, isState: directory == state))
        }
        let space = try FileSystemSpace(of: directory)
        if seen.insert(space.identifier).inserted || space.identifier == 0 {
          findings.append(Self.judge(space, directory))
        }
      } catch {
        // What does not exist was found before.
        if error.code != ENOENT {
          findings.append(vantage.finding("disk", error, cure: "mend the file system"))
        }
      }
    }
  }

  private static func volatile(_ directory: String, isState: Bool) -> Finding {
    let text = "\(directory) lies in memory and is gone after a restart of the machine"
    return isState
      ? .fail("state", text, cure: "name a directory on a disk as \"state_directory\"")
      : .warn(
        "disk", text + ", and a settled secret has no other copy",
        cure: "publish to a directory on a disk, as below /var/lib/tokenroll-published")
  }

  private static func judge(_ space: FileSystemSpace, _ directory: String) -> Finding {
    let mebibytes = "\(space.freeBytes >> 20) MiB"
    let files = space.freeFiles.map { " and \($0) files" } ?? ""
    let text = "the file system of \(directory) has room for \(mebibytes)\(files)"
    let cure = "free space there: df -h \(directory); df -i \(directory)"
    func isBelow(_ bytes: Int, _ count: Int) -> Bool {
      space.freeBytes < UInt64(bytes) || space.freeFiles.map { $0 < UInt64(count) } == true
    }
    if isBelow(Self.least.0, Self.few.0) {
      return .fail("disk", text + ", which is as good as full", cure: cure)
    }
    if isBelow(Self.least.1, Self.few.1) { return .warn("disk", text + ", which is little", cure: cure) }
    return .ok("disk", text)
  }
}
