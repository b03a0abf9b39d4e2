internal import Glibc

/// Directories that no link leads to, and links that have not got their names.
extension AtomicDirectory {
  /// Removes the directories and links beside `specification` that a crash left, and returns how many there were.
  ///
  /// Those of other links in the same directory, `others`, go with them, in one reading of the directory. To be called at
  /// start, under the lock of the instance: it cannot tell a leftover from what is being prepared.
  @discardableResult
  public static func removeLeftovers(
    _ specification: FileSpecification, others: [String] = []
  ) throws(SystemError) -> Int {
    let target = try LinkTarget(specification)
    return try removeUnlinked(in: target.directory, links: others + [target.name])
  }

  /// Removes all that was made for `links` and that none of them, nor a former one, leads to; returns how many there were.
  @discardableResult
  static func removeUnlinked(in directory: borrowing Directory, links: [String]) throws(SystemError) -> Int {
    let prefixes = Set(links.map(AtomicFile.temporaryPrefix))
    let candidates = try fileNames(in: directory).filter { AtomicFile.isTemporary($0, prefixes) }
    guard !candidates.isEmpty else { return 0 }
    let former = (1...PreviousFiles.most).map { ".\($0)" }
    var inUse: Set<Substring> = []
    for link in links {
      for suffix in [""] + former {
        guard let target = try leads(link + suffix, in: directory) else { continue }
        // However it is written, a directory that may be meant stays.
        inUse.insert(target.split(separator: "/").last ?? "")
      }
    }
    var failure: SystemError?
    var count = 0
    for name in candidates where !inUse.contains(Substring(name)) {
      do throws(SystemError) {
        try remove(name, in: directory)
        count += 1
      } catch {
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
    return count
  }

  /// Where the link `name` leads; nil where there is none.
  private static func leads(_ name: String, in directory: borrowing Directory) throws(SystemError) -> String?
  {
    do throws(Errno) {
      return try Syscalls.readlinkat(directory.rawValue, name)
    } catch {
      if error.code == ENOENT || error.code == EINVAL { return nil }
      throw SystemError("cannot read link", directory.pathOf(name), error)
    }
  }

  /// Removes the directory `name` with its files, or the link.
  private static func remove(_ name: String, in directory: borrowing Directory) throws(SystemError) {
    let (handle, path) = (directory.rawValue, directory.pathOf(name))
    let status = try attempt("cannot examine", path) { () throws(Errno) in
      try Syscalls.fstatat(handle, name)
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      return try attempt("cannot remove", path) { () throws(Errno) in try Syscalls.unlinkat(handle, name) }
    }
    let old = try Directory(made: name, in: directory)
    let oldHandle = old.rawValue
    for file in try fileNames(in: old) {
      try attempt("cannot remove", old.pathOf(file)) { () throws(Errno) in
        try Syscalls.unlinkat(oldHandle, file)
      }
    }
    try attempt("cannot remove the directory", path) { () throws(Errno) in
      try Syscalls.removeDirectory(handle, name)
    }
  }
}
