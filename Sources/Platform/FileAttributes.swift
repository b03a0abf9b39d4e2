public import Core
public import Glibc

/// Who may do what with a file, and when it was changed (inode(7)).
public struct FileAttributes: Sendable, Hashable {
  /// The owner.
  public let owner: uid_t
  /// The group.
  public let group: gid_t
  /// The permission bits, 0 to 0o7777.
  public let mode: mode_t

  /// When its content was last changed.
  public let modified: Timestamp

  /// The attributes of the file `path`, or of what it leads to.
  public init(of path: String) throws(SystemError) {
    let status = try attempt("cannot examine", path) { () throws(Errno) in try Syscalls.status(of: path) }
    (owner, group, mode) = (status.st_uid, status.st_gid, status.st_mode & 0o7777)
    let time = status.st_mtim
    modified = Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
  }

  /// "belongs to 0:0 and has mode 0644".
  public var description: String { "belongs to \(owner):\(group) and has mode \(octal(mode))" }

  /// Throws where the process may not read the file `path`.
  public static func proveReadable(_ path: String) throws(SystemError) {
    try attempt("cannot read", path) { () throws(Errno) in try Syscalls.faccessat(path, R_OK) }
  }
}
