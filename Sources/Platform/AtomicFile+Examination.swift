internal import Glibc

extension AtomicFile {
  /// Finds out, without writing anything, what can be known of whether `specification` can be published.
  ///
  /// As ``prove(_:capacity:)``, but for what only a file can show: space, and whether owner and group can be given.
  /// Throws what would make a publication fail.
  public static func examine(_ specification: FileSpecification) throws(SystemError) {
    let target = try PublicationTarget(specification)
    _ = try target.directory.reopen()
    if let count = specification.keepPrevious {
      try PreviousFiles(
        directory: target.directory.rawValue, target: target.name, path: target.path, count: count
      ).examine()
    }
    // By way of /proc, so that the directory that was checked is the one that is asked about.
    let (handle, path) = (target.directory.rawValue, target.directory.path)
    try attempt("cannot write to the directory", path) { () throws(Errno) in
      try Syscalls.faccessat("/proc/self/fd/\(handle)", W_OK | X_OK)
    }
  }
}
