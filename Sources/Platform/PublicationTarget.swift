internal import CLinux
internal import Glibc

/// Where a file is to be published: its checked directory, its name there, and what stands under that name now.
struct PublicationTarget: ~Copyable {
  let directory: Directory
  let name: String
  /// The status of the file that will be replaced, nil where there is none.
  let existing: stat?

  /// The file's absolute path.
  var path: String { directory.pathOf(name) }

  /// Finds the place, following links where that is allowed, and refuses what renaming cannot replace.
  init(_ specification: FileSpecification) throws(SystemError) {
    var path = specification.path
    // As many links as the kernel follows (path_resolution(7)).
    for _ in 0...40 {
      let (parent, name) = try Directory.split(path)
      let directory = try Directory(
        parent, allowSymbolicLink: specification.allowSymbolicLink,
        allowWritableByOthers: specification.allowWritableByOthers)
      let handle = directory.rawValue
      let existing = try Self.status(handle, name, path)
      guard let existing, existing.st_mode & S_IFMT == S_IFLNK else {
        if let existing { try Self.check(existing, in: handle, name, path) }
        self.directory = directory
        self.name = name
        self.existing = existing
        return
      }
      let target = try attempt("cannot read link", path) { () throws(Errno) in
        try Syscalls.readlinkat(handle, name)
      }
      guard specification.allowSymbolicLink else {
        throw SystemError(
          "cannot replace", path,
          because: "it is a symbolic link, to \(target); name that file itself, or allow symbolic_link")
      }
      path = target.hasPrefix("/") ? target : directory.pathOf(target)
    }
    throw SystemError("cannot replace", specification.path, code: ELOOP)
  }

  /// The place in `directory`, in which the path of the specification ends; no link is followed.
  init(_ specification: FileSpecification, in directory: consuming Directory) throws(SystemError) {
    let (_, name) = try Directory.split(specification.path)
    let handle = directory.rawValue
    let existing = try Self.status(handle, name, specification.path)
    if let existing { try Self.check(existing, in: handle, name, specification.path) }
    self.directory = directory
    self.name = name
    self.existing = existing
  }

  /// The place of a file that is not there yet.
  init(new name: String, in directory: consuming Directory) {
    self.directory = directory
    self.name = name
    existing = nil
  }

  private static func status(_ directory: Int32, _ name: String, _ path: String) throws(SystemError) -> stat?
  {
    do throws(Errno) {
      return try Syscalls.fstatat(directory, name)
    } catch {
      if error.code == ENOENT { return nil }
      throw SystemError("cannot examine", path, error)
    }
  }

  /// Refuses what stands under the name where it is not a file that rename(2) can replace as it should.
  private static func check(_ existing: stat, in directory: Int32, _ name: String, _ path: String)
    throws(SystemError)
  {
    switch existing.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw SystemError("cannot replace", path, because: "it is a directory")
    default: throw SystemError("cannot replace", path, because: "it is not a regular file")
    }
    let (file, parent, status) = try attempt("cannot examine", path) { () throws(Errno) in
      (
        try Syscalls.statx(directory, name), try Syscalls.statx(directory, ""),
        try Syscalls.fstat(directory)
      )
    }
    if file.is_mount_root != 0 || file.mount_id != parent.mount_id || existing.st_dev != status.st_dev {
      throw SystemError(
        "cannot replace", path,
        because:
          "something is mounted on it, and a mount point cannot be replaced; mount its directory instead")
    }
    if file.is_immutable != 0 {
      throw SystemError("cannot replace", path, because: "it is immutable or append-only (see chattr(1))")
    }
    try refuseStuck(existing, in: status, path)
  }
}

/// Refuses what another user has in a sticky `directory`: only that user may rename it (inode(7)).
func refuseStuck(_ existing: stat, in directory: stat, _ path: String) throws(SystemError) {
  let ours = geteuid()
  if directory.st_mode & S_ISVTX != 0 && ![existing.st_uid, directory.st_uid].contains(ours) && ours != 0 {
    throw SystemError(
      "cannot replace", path,
      because:
        "it belongs to user \(existing.st_uid), and its directory is sticky, so only that user may rename it"
    )
  }
}
