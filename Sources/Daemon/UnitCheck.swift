public import Configuration
internal import Core
internal import Glibc
public import Platform
internal import Systemd

/// Whether the installed unit lets the service do what a configuration asks of it, and which lines of a drop-in are missing.
public struct UnitCheck: Sendable {
  /// The unit that the package brings.
  public static let unitName = "tokenroll.service"

  /// How it is installed.
  public static let installation =
    "install the package, or `make install`, systemd-sysusers, systemd-tmpfiles --create and systemctl daemon-reload"

  /// The unit file.
  public let file: String
  /// Its drop-ins, in the order in which they count.
  public let dropIns: [String]
  /// What was examined.
  public private(set) var findings: [Finding] = []

  private let unit: InstalledUnit
  private let configuration: Configuration
  private let user: ServiceUser?

  /// Holds the installed unit against `configuration`; nil where no unit is installed.
  ///
  /// Throws where a file of the unit cannot be read.
  public static func run(_ configuration: Configuration) throws(SystemError) -> UnitCheck? {
    guard let unit = try InstalledUnit.find(unitName) else { return nil }
    return UnitCheck(unit, configuration)
  }

  init(_ unit: InstalledUnit, _ configuration: Configuration) {
    self.unit = unit
    self.configuration = configuration
    (file, dropIns) = (unit.file, unit.dropIns)
    do throws(SystemError) {
      user = try ServiceUser(of: unit)
    } catch {
      user = nil
      findings.append(
        .fail(
          "unit", "the service's user: \(error)",
          cure: "systemd-sysusers, or correct User= and its groups in the unit"))
    }
    if unit.isMasked {
      findings.append(.fail("unit", "\(unit.file) is masked", cure: "systemctl unmask \(unit.name)"))
    }
    judgeNetwork()
    judgeReadFiles()
    judgeDirectories()
    judgeOwners()
    if let finding = Self.helperFinding(configuration, user) { findings.append(finding) }
    judgePrograms()
    if !findings.contains(where: { $0.verdict != .ok }) {
      findings.append(.ok("unit", "\(description) lets the service do all that the configuration asks for"))
    }
  }

  /// "/usr/lib/systemd/system/tokenroll.service with 1 drop-in".
  public var description: String {
    switch dropIns.count {
    case 0: file
    case 1: "\(file) with the drop-in \(dropIns[0])"
    default: "\(file) with \(dropIns.count) drop-ins"
    }
  }

  /// The missing lines of a drop-in, its section included; empty where none is missing.
  public var dropIn: [String] {
    var lines: [String] = []
    for line in findings.flatMap(\.dropIn) where !lines.contains(line) { lines.append(line) }
    return lines.isEmpty ? [] : ["[Service]"] + lines
  }

  private mutating func lack(_ subject: String, _ text: String, _ lines: [String]) {
    findings.append(
      .fail(
        "unit", "\(subject): \(text)", cure: "add to a drop-in: \(lines.joined(separator: ", "))",
        dropIn: lines))
  }
}

// MARK: - Network, credentials and templates

extension UnitCheck {
  private mutating func judgeNetwork() {
    for obstacle in unit.networkObstacles {
      lack("api", "\(obstacle.setting) (\(obstacle.place)) keeps the service from the API", [obstacle.cure])
    }
  }

  private mutating func judgeReadFiles() {
    let provided = unit.credentials
    for (name, source) in configuration.credentials.sorted(by: { $0.key < $1.key }) {
      let subject = "credential \(name)"
      if source.file.hasPrefix("/") {
        judgeReading(subject, source.file)
      } else if !provided.contains(where: { Self.matches($0, source.file) }) {
        lack(
          subject,
          "the unit hands over no credential \"\(source.file)\"; its secret belongs in "
            + "/etc/credstore/tokenroll.\(source.file)",
          ["LoadCredential=\(source.file):tokenroll.\(source.file)"])
      }
    }
    if let file = configuration.api.caFile { judgeReading("api", file) }
    var directories: Set<String> = []
    for entry in configuration.tokens {
      for template in entry.publish.compactMap(\.template)
      where directories.insert(String(PathParts(template).directory)).inserted {
        judgeReading(entry.name, template)
      }
    }
  }

  private static func matches(_ pattern: String, _ name: String) -> Bool {
    pattern.hasSuffix("*") ? name.hasPrefix(pattern.dropLast()) : pattern == name
  }

  /// The whole directory is brought back, for a file that is replaced would stay the old one.
  private mutating func judgeReading(_ subject: String, _ path: String) {
    let directory = String(PathParts(resolvedPath(path) ?? path).directory)
    judgeHiding(subject, directory, bind: "BindReadOnlyPaths=\(directory)")
  }

  /// True where the directory is hidden from the service.
  @discardableResult
  private mutating func judgeHiding(_ subject: String, _ directory: String, bind: String) -> Bool {
    switch unit.access(to: directory) {
    case .writable, .readOnly: return false
    case .hidden(let by, let hidesHome):
      lack(
        subject, "\(by) hides \(directory) from the service",
        hidesHome ? ["ProtectHome=tmpfs", bind] : [bind])
    case .inaccessible(let by):
      findings.append(
        .fail(
          "unit", "\(subject): \(by) hides \(directory) from the service",
          cure: "take \(directory) out of that line, or name another directory in the configuration"))
    }
    return true
  }
}

// MARK: - Programs

extension UnitCheck {
  private mutating func judgePrograms() {
    for (entry, path) in ProgramCheck.named(in: configuration) {
      judgeReading(entry, path)
      if let obstacle = unit.executionObstacle(of: resolvedPath(path) ?? path) {
        lack(entry, "\(obstacle) keeps the service from running \(path)", ["ExecPaths=\(path)"])
      }
    }
  }
}

// MARK: - Destinations

extension UnitCheck {
  private mutating func judgeDirectories() {
    judgeWriting("state", configuration.stateDirectory)
    var seen: Set<String> = []
    if let file = configuration.metrics?.file {
      let directory = Self.resolvedDirectory(of: file)
      seen.insert(directory)
      judgeWriting("metrics", directory)
    }
    for entry in configuration.tokens {
      for destination in entry.publish {
        let directory = Self.place(of: destination)
        if seen.insert(directory).inserted { judgeWriting(entry.name, directory) }
      }
    }
  }

  /// The directory in which the file is replaced, behind links that are allowed.
  private static func place(of destination: Destination) -> String {
    if destination.link == nil, destination.allow.contains(.symbolicLink),
      let file = resolvedPath(destination.file)
    {
      return String(PathParts(file).directory)
    }
    return resolvedDirectory(of: destination.replaced)
  }

  private static func resolvedDirectory(of path: String) -> String {
    let named = String(PathParts(path).directory)
    return resolvedPath(named) ?? named
  }

  private mutating func judgeWriting(_ subject: String, _ directory: String) {
    guard !judgeHiding(subject, directory, bind: "BindPaths=\(directory)") else { return }
    guard case .readOnly(let by) = unit.access(to: directory) else { return }
    lack(
      subject, "\(by) keeps the service from writing to \(directory)", ["ReadWritePaths=\(directory)"])
  }

  private mutating func judgeOwners() {
    // What is missing for one destination is missing for all like it.
    var seen: Set<[String?]> = []
    for entry in configuration.tokens {
      for destination in entry.publish {
        let directory = Self.place(of: destination)
        guard seen.insert([destination.owner, destination.group, directory]).inserted else { continue }
        do throws(SystemError) {
          try judgeOwner(entry.name, destination, directory)
        } catch {
          findings.append(
            .fail("unit", "\(entry.name): \(error)", cure: Cure.destination(destination, error)))
        }
      }
    }
  }

  private mutating func judgeOwner(
    _ subject: String, _ destination: Destination, _ directory: String
  ) throws(SystemError) {
    let owner = try destination.owner.map { name throws(SystemError) in try Users.userID(name) }
    let group = try destination.group.map { name throws(SystemError) in try Users.groupID(name) }
    guard let user else { return }
    let isOwn = owner == nil || owner == user.identity?.user
    let isOwnGroup = group == nil || group == user.identity?.group
    let others = (try? FileAttributes(of: directory)).map {
      $0.mode & S_ISGID != 0 && $0.group != (group ?? user.identity?.group)
    }
    guard !isOwn || !isOwnGroup || others == true else { return }
    var lines: [String] = []
    if !isOwn { lines += chownLines }
    if isOwn, let group, let name = destination.group, !isMember(of: group, name) {
      lines.append("SupplementaryGroups=\(name)")
    }
    if unit.hasPrivateUsers { lines.append("PrivateUsers=no") }
    if !unit.allowsChangeOfOwner { lines.append("SystemCallFilter=fchown") }
    guard !lines.isEmpty else { return }
    let wanted = [
      isOwn ? nil : "the owner \(destination.owner ?? "")",
      isOwnGroup ? nil : "the group \(destination.group ?? "")",
      isOwn && isOwnGroup ? "a group other than that of its directory" : nil,
    ].compactMap(\.self).joined(separator: " and ")
    lack(subject, "the service may not give \(destination.replaced) \(wanted)", lines)
  }

  /// Root may give files to any group, where it has not lost that right.
  private func isMember(of group: UInt32, _ name: String) -> Bool {
    if user?.identity?.user == 0, unit.isBounded(to: "CAP_CHOWN") { return true }
    return user?.identity?.isMember(of: group) ?? unit.supplementaryGroups.contains(name)
  }

  private var chownLines: [String] {
    var lines: [String] = []
    if !unit.isBounded(to: "CAP_CHOWN") { lines.append("CapabilityBoundingSet=CAP_CHOWN") }
    if user?.identity?.user != 0, !unit.isAmbient("CAP_CHOWN") {
      lines.append("AmbientCapabilities=CAP_CHOWN")
    }
    return lines
  }
}
