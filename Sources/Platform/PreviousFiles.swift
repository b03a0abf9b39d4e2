internal import Glibc

/// The former contents of a file, which stay beside it as `NAME.1`, the newest, to `NAME.10` at the most.
///
/// Each is the former file itself, or the symbolic link through which a directory is read, under another name, and so has its owner, group and mode. The file never lacks its own
/// name: it gets a second one before its content is replaced. Whatever a crash interrupts, doing it again completes it:
/// a former content that has its name is not moved again, and a gap in the names takes up what is moved, so that none is
/// lost.
struct PreviousFiles {
  /// The handle of the directory.
  let directory: Int32
  /// The file's name there.
  let target: String
  /// Its absolute path, for messages.
  let path: String
  /// How many are kept.
  let count: Int
  /// What the file is, and its former contents are: a regular file or a symbolic link.
  var kind = S_IFREG

  /// The most that are kept, and so the last name that may belong to the file.
  static let most = 10

  func name(_ number: Int) -> String { "\(target).\(number)" }

  /// Throws where one of the names is held by something else.
  func examine() throws(SystemError) {
    for number in 1...Self.most { _ = try file(number) }
  }

  /// Proves that the file `source` in the directory can have a further name; throws what would keep that from it.
  func prove(linking source: String) throws(SystemError) {
    try examine()
    guard count > 0 else { return }
    let other = try temporaryName()
    try link(source, other)
    try attempt(Self.operation, path) { () throws(Errno) in try Syscalls.unlinkat(directory, other) }
  }

  /// Gives the present content the first name and moves those before it on, unless it has that name already or `isNew`, the
  /// new content.
  func keep(unless isNew: () throws(SystemError) -> Bool) throws(SystemError) {
    guard count > 0, let present = try status(target), present.st_mode & S_IFMT == kind else { return }
    if let newest = try file(1), newest.st_dev == present.st_dev, newest.st_ino == present.st_ino { return }
    if try isNew() { return }
    let link = try temporaryName()
    try self.link(target, link)
    do throws(SystemError) {
      try move()
      try rename(link, name(1))
    } catch {
      try? Syscalls.unlinkat(directory, link)
      throw error
    }
  }

  /// Removes those beyond the number that is kept.
  func removeOldest() throws(SystemError) {
    guard count < Self.most else { return }
    for number in count + 1...Self.most where try file(number) != nil {
      try attempt("cannot remove the former content of", path) { () throws(Errno) in
        try Syscalls.unlinkat(directory, name(number))
      }
    }
  }

  /// Makes the first name free, or ready to be taken over: moves on what lies before the first gap, or before the last name.
  private func move() throws(SystemError) {
    var gap = 1
    while gap < count, try file(gap) != nil { gap += 1 }
    for number in stride(from: gap, to: 1, by: -1) { try rename(name(number - 1), name(number)) }
  }
}

// MARK: Calls

extension PreviousFiles {
  static let operation = "cannot keep the former content of"

  private func temporaryName() throws(SystemError) -> String {
    AtomicFile.temporaryPrefix(target) + (try RandomBytes.hexadecimal(count: 8))
  }

  private func link(_ source: String, _ name: String) throws(SystemError) {
    do throws(Errno) {
      try Syscalls.linkat(directory, source, name)
    } catch {
      let context =
        error.code == EPERM
        ? "the file system has no further names for a file, or the file belongs to another user (protected_hardlinks "
          + "in proc_sys_fs(5)); take \"keep_previous\" or \"owner\" out of the configuration, or give the file to the service"
        : nil
      throw SystemError(Self.operation, path, error, context: context)
    }
  }

  private func rename(_ old: String, _ new: String) throws(SystemError) {
    try attempt(Self.operation, path) { () throws(Errno) in try Syscalls.renameat(directory, old, new) }
  }

  private func status(_ name: String) throws(SystemError) -> stat? {
    do throws(Errno) {
      return try Syscalls.fstatat(directory, name)
    } catch {
      if error.code == ENOENT { return nil }
      throw SystemError(Self.operation, path, error)
    }
  }

  /// The status of the former content `number`, nil where there is none.
  private func file(_ number: Int) throws(SystemError) -> stat? {
    guard let found = try status(name(number)) else { return nil }
    guard found.st_mode & S_IFMT == kind else {
      let wanted = kind == S_IFREG ? "regular file" : "symbolic link"
      throw SystemError(
        Self.operation, path, because: "\(name(number)) beside it is not a \(wanted); move it elsewhere")
    }
    return found
  }
}
