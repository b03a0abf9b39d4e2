internal import Glibc
internal import Synchronization

/// A directory that is used over and over: reached and checked once, and anew where its path leads elsewhere, or where its owner
/// or its rights are others.
///
/// The directories above it are judged only when it is reached, which suits one that is the service's own.
public final class KeptDirectory: Sendable {
  private final class Reached: Sendable {
    let directory: Directory
    let identity: Identity

    init(_ directory: consuming Directory, _ identity: Identity) {
      self.directory = directory
      self.identity = identity
    }
  }

  /// By what a directory is known again, and what was judged of it.
  private struct Identity: Equatable {
    let device: dev_t
    let inode: ino_t
    let mode: mode_t
    let owner: uid_t
    let group: gid_t

    init(_ status: stat) {
      (device, inode) = (status.st_dev, status.st_ino)
      (mode, owner, group) = (status.st_mode, status.st_uid, status.st_gid)
    }
  }

  /// Its absolute path.
  public let path: String
  private let reached = Mutex<Reached?>(nil)

  /// The directory `path`, which need not be there yet.
  public init(_ path: String) { self.path = path }

  /// A handle of its own of the directory as it is now; throws where it is not there, or is not trusted.
  func open() throws(SystemError) -> Directory {
    // What cannot be told is found out by going there.
    if let former = reached.withLock({ $0 }), let now = try? Syscalls.fstatat(AT_FDCWD, path),
      Identity(now) == former.identity
    {
      return try Directory(again: former.directory)
    }
    let directory = try Directory(path)
    let handle = directory.rawValue
    let status = try attempt("cannot examine directory", path) { () throws(Errno) in
      try Syscalls.fstat(handle)
    }
    let now = Reached(try Directory(again: directory), Identity(status))
    reached.withLock { $0 = now }
    return directory
  }
}
