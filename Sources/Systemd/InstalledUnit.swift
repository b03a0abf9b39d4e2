internal import Glibc
public import Platform

/// A unit as it is installed: its file and its drop-ins, as systemd reads them at the next start (systemd.unit(5)).
///
/// The files are read, and not the manager asked: that works where systemd does not run, for every user, and tells on
/// which line a setting stands.
public struct InstalledUnit: Sendable {
  /// The unit's name, as `tokenroll.service`.
  public let name: String
  /// The unit file.
  public let file: String
  /// The drop-ins, in the order in which they count.
  public let dropIns: [String]
  /// Whether the unit is linked to /dev/null, and so cannot be started.
  public let isMasked: Bool
  /// All assignments, those of the unit file first.
  let assignments: [UnitAssignment]

  /// The largest file that is read, in bytes.
  private static let limit = 1 << 20

  /// The system's search path, the first directory wins (`systemd-analyze unit-paths`).
  private static let standardPath = [
    "/etc/systemd/system.control", "/run/systemd/system.control", "/run/systemd/transient",
    "/run/systemd/generator.early", "/etc/systemd/system", "/etc/systemd/system.attached",
    "/run/systemd/system", "/run/systemd/system.attached", "/run/systemd/generator",
    "/usr/local/lib/systemd/system", "/lib/systemd/system", "/usr/lib/systemd/system",
    "/run/systemd/generator.late",
  ]

  /// The directories in which units are looked for: those of `$SYSTEMD_UNIT_PATH`, as for systemctl(1), or the usual.
  private static var searchPath: [String] {
    guard let value = getenv("SYSTEMD_UNIT_PATH").map({ String(cString: $0) }), !value.isEmpty else {
      return standardPath
    }
    let own = value.split(separator: ":").map(String.init)
    return value.hasSuffix(":") ? own + standardPath : own
  }

  /// Reads the unit `name`, which has no instance; nil where none is installed.
  ///
  /// Throws where a file of it cannot be read.
  public static func find(_ name: String) throws(SystemError) -> InstalledUnit? {
    try find(name, in: searchPath)
  }

  /// As `find`, in these directories.
  static func find(_ name: String, in searchPath: [String]) throws(SystemError) -> InstalledUnit? {
    let candidates = searchPath.map { directory in "\(directory)/\(name)" }
    guard let file = candidates.first(where: { Glibc.access($0, F_OK) == 0 }) else { return nil }
    return try InstalledUnit(name, file, try dropIns(of: name, in: searchPath))
  }

  private init(_ name: String, _ file: String, _ dropIns: [String]) throws(SystemError) {
    self.name = name
    self.file = file
    self.dropIns = dropIns
    isMasked = Self.leadsNowhere(file)
    var assignments: [UnitAssignment] = []
    for path in [file] + dropIns where !Self.leadsNowhere(path) {
      let content = try AtomicFile.readFile(path, limit: Self.limit, allowSymbolicLink: true)
      let text = content.withBytes { String(decoding: $0, as: UTF8.self) }
      assignments += UnitAssignment.all(in: text, of: path)
    }
    self.assignments = assignments
  }

  /// By their names, whatever directory they lie in; of two with one name that of the earlier directory counts.
  private static func dropIns(of name: String, in searchPath: [String]) throws(SystemError) -> [String] {
    let kind = name.split(separator: ".").last.map { ["\($0).d"] } ?? []
    var found: [String: String] = [:]
    for folder in ["\(name).d"] + kind {
      for directory in searchPath.map({ "\($0)/\(folder)" }) where Glibc.access(directory, F_OK) == 0 {
        for file in try fileNames(in: directory) where file.hasSuffix(".conf") && found[file] == nil {
          found[file] = "\(directory)/\(file)"
        }
      }
    }
    return found.sorted { $0.key < $1.key }.map(\.value)
  }

  private static func leadsNowhere(_ path: String) -> Bool { resolvedPath(path) == "/dev/null" }
}

// MARK: - Settings

extension InstalledUnit {
  /// The assignments of `key` in `[Service]` that are in force: an empty one forgets those before it.
  func settings(_ key: String) -> [UnitAssignment] {
    let all = assignments.filter { $0.section == "Service" && $0.key == key }
    let start = all.lastIndex { $0.value.isEmpty }.map { $0 + 1 } ?? 0
    return Array(all[start...])
  }

  /// The last assignment of `key`, the one that counts for settings with one value.
  func setting(_ key: String) -> UnitAssignment? { settings(key).last }

  /// The words of all assignments of `key`, each with the assignment that it stands in.
  func words(_ key: String) -> [(word: String, assignment: UnitAssignment)] {
    settings(key).flatMap { assignment in
      assignment.value.split { $0 == " " || $0 == "\t" }.map { word in
        (expanded(word.filter { $0 != "\"" && $0 != "'" }), assignment)
      }
    }
  }

  /// Whether the setting with one value is true; `otherwise` where it is not there or has a word of its own.
  func isOn(_ key: String, otherwise: Bool = false) -> Bool {
    switch setting(key)?.value.lowercased() {
    case "yes", "true", "on", "1", "y", "t": true
    case "no", "false", "off", "0", "n", "f": false
    default: otherwise
    }
  }

  /// The text with those specifiers replaced that paths of a system service have (systemd.unit(5), "Specifiers").
  func expanded(_ text: String) -> String {
    guard text.contains("%") else { return text }
    let stem = name.split(separator: ".").first.map(String.init) ?? name
    let values = [
      "S": "/var/lib", "C": "/var/cache", "L": "/var/log", "E": "/etc", "t": "/run", "T": "/tmp",
      "V": "/var/tmp", "n": name, "N": stem, "p": stem, "%": "%",
    ]
    var result = ""
    var isSpecifier = false
    for character in text {
      if isSpecifier {
        result += values[String(character)] ?? "%\(character)"
        isSpecifier = false
      } else if character == "%" {
        isSpecifier = true
      } else {
        result.append(character)
      }
    }
    return result
  }
}
