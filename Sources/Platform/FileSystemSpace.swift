internal import Glibc

/// How much a file system still takes (statvfs(3)).
public struct FileSystemSpace: Sendable, Hashable {
  /// What tells the file system from others.
  public let identifier: UInt
  /// Bytes that users other than root can still write.
  public let freeBytes: UInt64
  /// Files that users other than root can still make; nil where the file system sets no limit.
  public let freeFiles: UInt64?

  /// The file system that `path` lies on.
  public init(of path: String) throws(SystemError) {
    let status = try attempt("cannot examine the file system of", path) { () throws(Errno) in
      try Syscalls.fileSystem(of: path)
    }
    identifier = status.f_fsid
    freeBytes = UInt64(status.f_bavail) * UInt64(status.f_frsize)
    freeFiles = status.f_files == 0 ? nil : UInt64(status.f_favail)
  }
}
