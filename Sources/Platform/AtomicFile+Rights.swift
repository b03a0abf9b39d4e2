internal import Glibc

extension AtomicFile {
  /// What was wrong with the rights of a published file that were put right.
  public struct Correction: Sendable, Hashable {
    /// "belongs to 0:0 and has mode 0644": what it was before.
    public let former: String
    /// Whether more could be done with the file than is configured.
    public let wasWider: Bool
  }

  /// Gives the file of `specification` its owner, group and mode where it has others; nil where it has them already.
  ///
  /// At no instant has it wider rights than it had or than are configured. Throws where there is no such file (ENOENT), where
  /// it is something else, and where the system refuses.
  public static func correctRights(_ specification: FileSpecification) throws(SystemError) -> Correction? {
    let target = try PublicationTarget(specification)
    guard let found = target.existing else {
      throw SystemError("cannot find", target.path, code: ENOENT)
    }
    let (handle, name) = (target.directory.rawValue, target.name)
    return try correct(found, target.path, specification, mode: mode_t(specification.mode)) {
      () throws(Errno) in
      try Syscalls.openat(handle, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
    }
  }

  /// As `correctRights`, for what `open` opens, which has been `found` so and is to have `wanted` as its mode.
  static func correct(
    _ found: stat, _ path: String, _ specification: FileSpecification, mode wanted: mode_t,
    open: () throws(Errno) -> FileDescriptor
  ) throws(SystemError) -> Correction? {
    let (owner, group) = (specification.owner ?? geteuid(), specification.group ?? getegid())
    let mode = found.st_mode & 0o7777
    guard mode != wanted || found.st_uid != owner || found.st_gid != group else { return nil }
    let file = try attempt("cannot open", path) { () throws(Errno) in try open() }
    let descriptor = file.rawValue
    try attempt("cannot put the rights right of", path) { () throws(Errno) in
      // What is too much goes first, and what is missing comes last, when the file belongs to whom it should.
      if mode & wanted != mode { try Syscalls.fchmod(descriptor, mode & wanted) }
      if found.st_gid != group { try Syscalls.fchown(descriptor, .max, group) }
      if mode & wanted != wanted { try Syscalls.fchmod(descriptor, wanted) }
      if found.st_uid != owner { try Syscalls.fchown(descriptor, owner, .max) }
    }
    let former = "belongs to \(found.st_uid):\(found.st_gid) and has mode \(octal(mode))"
    let isGiven = found.st_uid != owner || found.st_gid != group
    return Correction(former: former, wasWider: mode & ~wanted != 0 || isGiven)
  }
}
