// Which files the service sees, and to which it may write (systemd.exec(5), "Sandboxing").
extension InstalledUnit {
  /// What the service can do with a directory of the host.
  public enum Access: Sendable, Hashable {
    /// Write to it.
    case writable
    /// Read it: `by` says by which setting, and where that stands.
    case readOnly(by: String)
    /// Nothing, for another directory stands in its place; a bind mount brings it back.
    case hidden(by: String, hidesHome: Bool)
    /// Nothing, and only taking the setting out helps.
    case inaccessible(by: String)
  }

  /// One directory that the service sees otherwise than the host.
  private struct Mount {
    var path: String
    var access: Access
    /// Whether it brings the host's directory back where one above it is hidden.
    var isBound = false
  }

  /// What the service can do with the directory `path`, which is absolute and has no symbolic links.
  ///
  /// The longest path counts; of equal ones the stricter. Nothing below an inaccessible path comes back, and below a
  /// hidden one only what is mounted there.
  public func access(to path: String) -> Access {
    let mounts = mounts.filter { Self.contains($0.path, path) }
    if let closed = mounts.first(where: { if case .inaccessible = $0.access { true } else { false } }) {
      return closed.access
    }
    if let home = mounts.first(where: { if case .hidden(_, true) = $0.access { true } else { false } }) {
      return home.access
    }
    let hidden = mounts.filter { if case .hidden = $0.access { true } else { false } }
      .max { $0.path.utf8.count < $1.path.utf8.count }
    let depth = hidden?.path.utf8.count ?? 0
    if let hidden, !mounts.contains(where: { $0.isBound && $0.path.utf8.count > depth }) {
      return hidden.access
    }
    let longest = mounts.map(\.path.utf8.count).max()
    let nearest = mounts.filter { $0.path.utf8.count == longest }
    return nearest.min { Self.rank($0.access) < Self.rank($1.access) }?.access ?? .writable
  }

  /// Which setting keeps the service from executing the file `path`; nil where none does (NoExecPaths=, ExecPaths=).
  public func executionObstacle(of path: String) -> String? {
    func nearest(_ key: String) -> (depth: Int, assignment: UnitAssignment)? {
      words(key).map { (Self.path($0.word), $0.assignment) }.filter { Self.contains($0.0, path) }
        .map { ($0.0.utf8.count, $0.1) }.max { $0.0 < $1.0 }
    }
    guard let forbidden = nearest("NoExecPaths") else { return nil }
    if let allowed = nearest("ExecPaths"), allowed.depth >= forbidden.depth { return nil }
    return Self.words(forbidden.assignment)
  }

  private static func rank(_ access: Access) -> Int {
    switch access {
    case .inaccessible, .hidden: 0
    case .readOnly: 1
    case .writable: 2
    }
  }

  /// Whether `path` is `directory` or lies below it.
  private static func contains(_ directory: String, _ path: String) -> Bool {
    directory == "/" || path == directory || path.hasPrefix(directory + "/")
  }

  private var mounts: [Mount] {
    protectedSystem + protectedHome + privateDirectories + ownDirectories + named
  }

  private var protectedSystem: [Mount] {
    guard let setting = setting("ProtectSystem") else { return [] }
    let by = Self.words(setting)
    func readOnly(_ paths: [String]) -> [Mount] { paths.map { Mount(path: $0, access: .readOnly(by: by)) } }
    switch setting.value {
    case "strict": return readOnly(["/"]) + [Mount(path: "/dev", access: .writable)]
    case "full": return readOnly(["/usr", "/boot", "/efi", "/etc"])
    default: return isOn("ProtectSystem") ? readOnly(["/usr", "/boot", "/efi"]) : []
    }
  }

  private var protectedHome: [Mount] {
    guard let setting = setting("ProtectHome") else { return [] }
    let by = Self.words(setting)
    let access: Access
    switch setting.value {
    case "read-only": access = .readOnly(by: by)
    case "tmpfs": access = .hidden(by: by, hidesHome: false)
    default:
      guard isOn("ProtectHome") else { return [] }
      access = .hidden(by: by, hidesHome: true)
    }
    return ["/home", "/root", "/run/user"].map { Mount(path: $0, access: access) }
  }

  private var privateDirectories: [Mount] {
    var mounts: [Mount] = []
    if let setting = setting("PrivateTmp"), isOn("PrivateTmp", otherwise: setting.value == "disconnected") {
      mounts += ["/tmp", "/var/tmp"].map {
        Mount(path: $0, access: .hidden(by: Self.words(setting), hidesHome: false))
      }
    }
    for (word, assignment) in words("TemporaryFileSystem") {
      let path = Self.path(word)
      mounts.append(Mount(path: path, access: .hidden(by: Self.words(assignment), hidesHome: false)))
    }
    return mounts
  }

  private var ownDirectories: [Mount] {
    [
      ("StateDirectory", "/var/lib"), ("CacheDirectory", "/var/cache"), ("LogsDirectory", "/var/log"),
      ("RuntimeDirectory", "/run"), ("ConfigurationDirectory", "/etc"),
    ].flatMap { key, parent in
      words(key).map {
        Mount(path: "\(parent)/\(Self.path($0.word))", access: .writable, isBound: true)
      }
    }
  }

  private var named: [Mount] {
    var mounts = words("ReadWritePaths").map { Mount(path: Self.path($0.word), access: .writable) }
    for (word, assignment) in words("ReadOnlyPaths") {
      mounts.append(Mount(path: Self.path(word), access: .readOnly(by: Self.words(assignment))))
    }
    for (word, assignment) in words("InaccessiblePaths") {
      mounts.append(Mount(path: Self.path(word), access: .inaccessible(by: Self.words(assignment))))
    }
    for (word, _) in words("BindPaths") {
      mounts.append(Mount(path: Self.target(word), access: .writable, isBound: true))
    }
    for (word, assignment) in words("BindReadOnlyPaths") {
      mounts.append(
        Mount(path: Self.target(word), access: .readOnly(by: Self.words(assignment)), isBound: true))
    }
    return mounts
  }

  /// "ProtectSystem=strict (/usr/lib/systemd/system/tokenroll.service:58)".
  private static func words(_ assignment: UnitAssignment) -> String {
    "\(assignment.key)=\(assignment.value) (\(assignment.place))"
  }

  /// A path without the marks before it and the options behind it.
  private static func path(_ word: String) -> String {
    let path = word.drop { $0 == "-" || $0 == "+" }.prefix { $0 != ":" }
    return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : String(path)
  }

  /// Where a bind mount `SOURCE[:TARGET[:OPTIONS]]` appears.
  private static func target(_ word: String) -> String {
    let parts = word.split(separator: ":")
    return path(String(parts.count > 1 ? parts[1] : parts.first ?? ""))
  }
}
