internal import Glibc

/// What a process that holds secrets does first.
public enum ProcessHardening {
  /// No core dumps, no reading of the memory by the same user (prctl(2), PR_SET_DUMPABLE), and a umask of 077.
  public static func apply() throws(SystemError) {
    umask(0o077)
    try attempt("cannot forbid", "core dumps") { () throws(Errno) in try Syscalls.forbidCoreDumps() }
    try attempt("cannot protect", "the memory of the process") { () throws(Errno) in
      try Syscalls.setDumpable(false)
    }
  }
}
