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
    try target.directory.proveWritable()
  }
}
