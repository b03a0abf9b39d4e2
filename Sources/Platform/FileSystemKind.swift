internal import Glibc

/// What a directory lies on, as far as it matters for what has to outlive a restart.
public enum FileSystemKind: Sendable, Hashable {
  /// In memory: gone after a restart.
  case volatile
  /// Anything else.
  case lasting

  /// The kind of file system that `path` lies on (statfs(2)).
  public static func of(_ path: String) throws(SystemError) -> FileSystemKind {
    let type = try attempt("cannot examine the file system of", path) { () throws(Errno) in
      try Syscalls.statfs(path)
    }
    // TMPFS_MAGIC and RAMFS_MAGIC (linux/magic.h).
    return type == 0x0102_1994 || type == 0x8584_58f6 ? .volatile : .lasting
  }
}
