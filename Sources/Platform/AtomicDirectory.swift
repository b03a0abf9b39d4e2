internal import Glibc

/// The files of a directory about to be replaced all at once: prepared first, so that little is left to fail, then committed.
///
/// Consumers reach the directory through a symbolic link, which is what is replaced: `LINK` leads to
/// `.LINK.tokenroll-`, with 16 hexadecimal digits, beside it. Whoever opens the link has the old files or the new, all of
/// them, at every instant. The new directory is made with mode 0700, and its files as ``AtomicFile`` makes them; all of it
/// is durable before the link leads there. A directory that no link leads to is superseded, or was never published, and is
/// removed.
///
/// A specification is that of the link, with group and mode of the files. The directory has the same group; who may read the
/// files may read it.
public final class AtomicDirectory {
  private let specification: FileSpecification
  private let target: LinkTarget
  private let parent: FileDescriptor
  /// The new directory, its name, and its handle for what a directory's own does not do.
  private let version: Directory
  private let versionName: String
  private let versionHandle: FileDescriptor
  /// The name of the new link until it takes the place of the old.
  private let linkName: String
  private var files: [(name: String, file: AtomicFile)] = []
  /// Whether the directory is not published, and so has to be removed.
  private var isPending = true
  private var mayBeLinked = false
  private var publication = Publication(narrowed: nil, unkept: nil, notices: [])

  /// Checks the place, makes the directory, its files with their rights and the link, and allocates the bytes.
  ///
  /// With `narrowIfRefused`, a group or a mode that the system refuses leaves directory and files to the process alone, and
  /// `commit` reports that. Throws where anything else fails, and leaves nothing behind then.
  public init(
    preparing specification: FileSpecification, files: [(name: String, capacity: Int)],
    narrowIfRefused: Bool = false
  ) throws(SystemError) {
    self.specification = specification
    target = try LinkTarget(specification)
    parent = try target.directory.reopen()
    let prefix = AtomicFile.temporaryPrefix(target.name)
    versionName = prefix + (try RandomBytes.hexadecimal(count: 8))
    linkName = prefix + (try RandomBytes.hexadecimal(count: 8))
    version = try Self.make(versionName, in: target.directory, for: AtomicFile.purpose(specification.path))
    do throws(SystemError) {
      versionHandle = try version.reopen()
    } catch {
      try? Syscalls.removeDirectory(target.directory.rawValue, versionName)
      throw error
    }
    do throws(SystemError) {
      try prepare(files, narrowIfRefused: narrowIfRefused)
    } catch {
      abandon()
      throw error
    }
  }

  deinit { abandon() }

  private static func make(_ name: String, in directory: borrowing Directory, for purpose: String)
    throws(SystemError) -> Directory
  {
    let (handle, path) = (directory.rawValue, directory.pathOf(name))
    do throws(SystemError) {
      try attempt("cannot create directory", path, context: purpose) { () throws(Errno) in
        try Syscalls.mkdirat(handle, name, 0o700)
      }
      return try Directory(made: name, in: directory)
    } catch {
      // A call that failed may have taken place.
      try? Syscalls.removeDirectory(handle, name)
      throw error
    }
  }

  /// The former directories beside the link, where some are to be kept.
  private var previous: PreviousFiles? {
    Self.previous(specification, target.directory.rawValue, target.name)
  }

  static func previous(_ specification: FileSpecification, _ directory: Int32, _ name: String)
    -> PreviousFiles?
  {
    specification.keepPrevious.map {
      PreviousFiles(
        directory: directory, target: name, path: specification.path, count: $0, kind: S_IFLNK)
    }
  }

  /// The mode of a directory whose files have `mode`: the service may change it, and who may read the files may read it.
  public static func mode(ofFiles mode: UInt16) -> UInt16 {
    0o700 | (mode & 0o040) | (mode & 0o060 == 0 ? 0 : 0o010)
  }

  /// Writes `contents`, in the order of the files, makes them durable, and has the link lead to them, durably too.
  ///
  /// To be called once. Where it throws, the link leads to the old directory, or, if only the last step failed, to the new
  /// one; prepare anew to try again. What the link led to before is removed, unless it is kept.
  public func commit(_ contents: [Secret]) throws(SystemError) -> Publication {
    guard isPending, contents.count == files.count else {
      throw SystemError("cannot replace", target.path, because: "what was prepared for it is used up already")
    }
    do throws(SystemError) {
      for (content, file) in zip(contents, files) {
        try content.withBytes { (bytes) throws(SystemError) in try file.file.write(bytes) }
      }
      try sync(versionHandle, version.path)
      keepFormer(unlike: contents)
      try moveLink()
    } catch {
      abandon()
      throw error
    }
    isPending = false
    for file in files { file.file.keep() }
    try sync(parent, target.directory.path)
    removeSuperseded()
    return publication
  }

  /// Proves that `specification` can be published: makes a throw-away directory with a file, and removes it.
  ///
  /// The link itself is not touched. Returns what is worth knowing; throws what would make a publication fail.
  public static func prove(_ specification: FileSpecification) throws(SystemError) -> [Publication.Notice] {
    let sample = try RandomBytes.array(count: 4_096)
    let directory = try AtomicDirectory(preparing: specification, files: [("sample", sample.count)])
    for file in directory.files { try file.file.proveStorage(sample) }
    try directory.sync(directory.versionHandle, directory.version.path)
    try directory.proveRenaming()
    return directory.publication.notices
  }
}

// MARK: Steps

extension AtomicDirectory {
  private func prepare(_ wanted: [(name: String, capacity: Int)], narrowIfRefused: Bool) throws(SystemError) {
    let purpose = AtomicFile.purpose(specification.path)
    try giveRights(narrowIfRefused: narrowIfRefused)
    for (name, capacity) in wanted {
      var own = FileSpecification(
        path: version.pathOf(name), mode: specification.mode, group: specification.group)
      if publication.narrowed != nil { (own.mode, own.group) = (specification.mode & 0o600, nil) }
      let file = try AtomicFile(
        preparing: name, in: version, own, replacing: specification.path, capacity: capacity,
        narrowIfRefused: narrowIfRefused)
      files.append((name, file))
      publication.narrowed = publication.narrowed ?? file.narrowed
    }
    let (handle, link, version) = (target.directory.rawValue, linkName, versionName)
    try attempt("cannot create link", target.directory.pathOf(link), context: purpose) { () throws(Errno) in
      try Syscalls.symlinkat(version, handle, link)
    }
    // The directory is to be there for certain before a link leads to it.
    try sync(parent, target.directory.path)
    if !narrowIfRefused, let previous {
      try previous.prove(linking: target.version == nil ? linkName : target.name)
    }
  }

  /// The group before the mode, so that the mode is never in force for the wrong group.
  private func giveRights(narrowIfRefused: Bool) throws(SystemError) {
    let (handle, path, purpose) = (
      versionHandle.rawValue, version.path, AtomicFile.purpose(specification.path)
    )
    let group = specification.group ?? getegid()
    let mode = mode_t(Self.mode(ofFiles: specification.mode))
    do throws(SystemError) {
      let status = try attempt("cannot examine", path, context: purpose) { () throws(Errno) in
        try Syscalls.fstat(handle)
      }
      // A directory with the set-group-ID bit gives new ones its own group and that bit (inode(7)).
      if status.st_gid != group {
        try attempt(
          "cannot give to group \(Users.groupName(of: group)) the directory", path, context: purpose
        ) { () throws(Errno) in
          try Syscalls.fchown(handle, .max, group)
        }
      }
      try attempt("cannot set mode \(octal(mode)) on", path, context: purpose) { () throws(Errno) in
        try Syscalls.fchmod(handle, mode)
      }
    } catch {
      guard narrowIfRefused else { throw error }
      try? Syscalls.fchmod(handle, 0o700)
      publication.narrowed = error
    }
  }

  /// Makes the names in a directory durable; a file system that has no such thing (EINVAL, fsync(2)) is noted.
  private func sync(_ directory: borrowing FileDescriptor, _ path: String) throws(SystemError) {
    do throws(Errno) {
      try directory.sync()
    } catch {
      let failure = SystemError("cannot make durable the names in", path, error)
      guard error.code == EINVAL else { throw failure }
      if !publication.notices.contains(.directoryNotSynced(failure)) {
        publication.notices.append(.directoryNotSynced(failure))
      }
    }
  }

  private func moveLink() throws(SystemError) {
    mayBeLinked = true
    try attempt("cannot replace", target.path) { () throws(Errno) in
      try Syscalls.renameat(target.directory.rawValue, linkName, target.name)
    }
  }

  /// A former directory that cannot be kept must not keep the new one from its readers: it is reported.
  private func keepFormer(unlike contents: [Secret]) {
    do throws(SystemError) {
      try previous?.keep { () throws(SystemError) in try presentIs(contents) }
    } catch {
      publication.unkept = error
    }
  }

  /// Whether the link leads to files with `contents` already, as where they are written once more with other rights.
  private func presentIs(_ contents: [Secret]) throws(SystemError) -> Bool {
    for (content, file) in zip(contents, files) {
      let (handle, name) = (target.directory.rawValue, "\(target.name)/\(file.name)")
      do throws(Errno) {
        let present = try Syscalls.openat(handle, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        let isSame = try content.withBytes { (bytes) throws(Errno) in try present.holds(bytes) }
        if !isSame { return false }
      } catch {
        guard error.code == ENOENT || error.code == ENOTDIR else {
          throw SystemError(PreviousFiles.operation, target.path, error)
        }
        return false
      }
    }
    return true
  }

  private func removeSuperseded() {
    do throws(SystemError) {
      try previous?.removeOldest()
      try Self.removeUnlinked(in: target.directory, links: [target.name])
    } catch {
      publication.unkept = publication.unkept ?? error
    }
  }

  /// Renames the new link to another name of ours, which is as far as it goes without touching the published one.
  private func proveRenaming() throws(SystemError) {
    let other = AtomicFile.temporaryPrefix(target.name) + (try RandomBytes.hexadecimal(count: 8))
    let (handle, link) = (target.directory.rawValue, linkName)
    try attempt(
      "cannot rename", target.directory.pathOf(link), context: AtomicFile.purpose(specification.path)
    ) {
      () throws(Errno) in
      do throws(Errno) {
        try Syscalls.renameat(handle, link, other)
        try Syscalls.renameat(handle, other, link)
      } catch {
        try? Syscalls.unlinkat(handle, other)
        throw error
      }
    }
  }

  /// Removes what was prepared; a file that cannot be removed is emptied, so that it keeps no secret.
  private func abandon() {
    guard isPending else { return }
    isPending = false
    let handle = target.directory.rawValue
    // A rename that failed may have taken place (NFS): then consumers have the new directory.
    if mayBeLinked, isPerhapsLinked {
      for file in files { file.file.keep() }
      return
    }
    try? Syscalls.unlinkat(handle, linkName)
    for file in files { file.file.abandon() }
    // Where this fails too nothing more can be done; `removeLeftovers` finds the directory at the next start.
    try? Syscalls.removeDirectory(handle, versionName)
  }

  /// False where the link certainly does not lead to the new directory.
  private var isPerhapsLinked: Bool {
    do throws(Errno) {
      return try Syscalls.readlinkat(target.directory.rawValue, target.name) == versionName
    } catch {
      return error.code != ENOENT
    }
  }
}
