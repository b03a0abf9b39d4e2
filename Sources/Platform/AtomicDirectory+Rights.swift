internal import Glibc

extension AtomicDirectory {
  /// Finds out, without writing anything, what can be known of whether `specification` can be published.
  ///
  /// As ``prove(_:)``, but for what only a directory can show: space, and whether the group can be given.
  /// Throws what would make a publication fail.
  public static func examine(_ specification: FileSpecification) throws(SystemError) {
    let target = try LinkTarget(specification)
    _ = try target.directory.reopen()
    try previous(specification, target.directory.rawValue, target.name)?.examine()
    try target.directory.proveWritable()
  }

  /// Gives the directory that the link of `specification` leads to its group and mode where it has others; nil where it has
  /// them already.
  ///
  /// Its files are corrected each by itself. Throws where there is no such directory (ENOENT), and where the system refuses.
  public static func correctRights(_ specification: FileSpecification) throws(SystemError)
    -> AtomicFile.Correction?
  {
    let target = try LinkTarget(specification)
    guard let version = target.version else { throw SystemError("cannot find", target.path, code: ENOENT) }
    let handle = target.directory.rawValue
    let found = try attempt("cannot examine", target.path) { () throws(Errno) in
      try Syscalls.fstatat(handle, version)
    }
    let wanted = mode_t(mode(ofFiles: specification.mode))
    return try AtomicFile.correct(found, target.path, specification, mode: wanted) { () throws(Errno) in
      try Syscalls.openat(handle, version, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
    }
  }
}
