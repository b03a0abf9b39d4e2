internal import Glibc

/// A file about to be replaced as a whole: prepared first, so that little is left to fail, then committed.
///
/// A reader sees the old contents or the new, at every instant, and at no instant with wider rights than configured:
/// the new file is made beside the target with mode 0600, given to its group before it is given its mode, written, made
/// durable, and only then renamed. A destination that is not committed leaves nothing behind.
///
/// Access control lists that the directory gives to new files stay in force; their mask is the mode's group part.
public final class AtomicFile {
  private let specification: FileSpecification
  private let target: PublicationTarget
  private let directory: FileDescriptor
  private let temporary: FileDescriptor
  private let temporaryName: String
  /// The path that is replaced in the end.
  private let replaced: String
  /// Whether the temporary still has its name, and so has to be removed.
  private var isPending = true
  private var publication = Publication(narrowed: nil, unkept: nil, notices: [])

  /// Checks the place, creates the temporary with its rights and allocates `capacity` bytes for it.
  ///
  /// With `narrowIfRefused`, owner and mode that the system refuses are left at the process's own and 0600 or less, and
  /// `commit` reports that, as it reports a former content that cannot be kept. Throws where anything else fails, and leaves nothing behind then.
  public convenience init(
    preparing specification: FileSpecification, capacity: Int, narrowIfRefused: Bool = false
  ) throws(SystemError) {
    try self.init(
      specification, try PublicationTarget(specification), capacity: capacity,
      narrowIfRefused: narrowIfRefused)
  }

  /// As the other, for a file in `directory`, which need not be reached again for it.
  public convenience init(
    preparing specification: FileSpecification, in directory: KeptDirectory, capacity: Int
  ) throws(SystemError) {
    let target = try PublicationTarget(specification, in: try directory.open())
    try self.init(specification, target, capacity: capacity, narrowIfRefused: false)
  }

  private convenience init(
    _ specification: FileSpecification, _ target: consuming PublicationTarget, capacity: Int,
    narrowIfRefused: Bool
  ) throws(SystemError) {
    let name = Self.temporaryPrefix(target.name) + (try RandomBytes.hexadecimal(count: 8))
    let path = target.path
    try self.init(
      specification, target, name, replacing: path, capacity: capacity, narrowIfRefused: narrowIfRefused)
  }

  /// Makes the file `name` of a `directory` that nobody reads yet, so that it has its own name from the beginning.
  ///
  /// To be filled and kept, not committed; the rest is as with a file that replaces another.
  convenience init(
    preparing name: String, in directory: borrowing Directory, _ specification: FileSpecification,
    replacing replaced: String, capacity: Int, narrowIfRefused: Bool
  ) throws(SystemError) {
    let target = PublicationTarget(new: name, in: try Directory(again: directory))
    try self.init(
      specification, target, name, replacing: replaced, capacity: capacity, narrowIfRefused: narrowIfRefused)
  }

  private init(
    _ specification: FileSpecification, _ target: consuming PublicationTarget, _ temporaryName: String,
    replacing replaced: String, capacity: Int, narrowIfRefused: Bool
  ) throws(SystemError) {
    self.specification = specification
    self.target = target
    self.temporaryName = temporaryName
    self.replaced = replaced
    directory = try self.target.directory.reopen()
    let (handle, name) = (self.target.directory.rawValue, temporaryName)
    let mode = mode_t(specification.mode) & 0o600
    temporary = try attempt(
      "cannot create", self.target.directory.pathOf(name), context: Self.purpose(replaced)
    ) {
      () throws(Errno) in
      try Syscalls.openat(handle, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode)
    }
    do throws(SystemError) {
      try allocate(capacity)
      try giveRights(narrowIfRefused: narrowIfRefused)
      if !narrowIfRefused, let previous {
        try previous.prove(linking: self.target.existing == nil ? temporaryName : self.target.name)
      }
    } catch {
      abandon()
      throw error
    }
  }

  deinit { abandon() }

  /// What a temporary is needed for, as the end of a message.
  static func purpose(_ replaced: String) -> String { "needed to replace \(replaced)" }

  /// The former contents beside the target, where some are to be kept.
  private var previous: PreviousFiles? {
    specification.keepPrevious.map {
      PreviousFiles(directory: target.directory.rawValue, target: target.name, path: target.path, count: $0)
    }
  }

  /// What was found worth knowing while preparing.
  public var notices: [Publication.Notice] { publication.notices }

  /// Why the file has narrower rights than configured; nil where it has not.
  var narrowed: SystemError? { publication.narrowed }

  /// Writes `bytes`, makes them durable, gives them the target's name, and makes that durable too.
  ///
  /// With `name`, a file of that name in the same directory is replaced instead, for what is known at the end alone.
  /// To be called once. Where it throws, the target has the old contents, or, if only the last step failed, the new
  /// ones; the temporary is thrown away (after a failed fsync the kernel's copy cannot be trusted), so prepare anew to
  /// try again.
  public func commit(_ bytes: UnsafeRawBufferPointer, as name: String? = nil) throws(SystemError)
    -> Publication
  {
    guard isPending else {
      throw SystemError("cannot replace", target.path, because: "what was prepared for it is used up already")
    }
    do throws(SystemError) {
      try write(bytes)
      keepFormerContent(unlike: bytes)
      try rename(to: name ?? target.name)
    } catch {
      abandon()
      throw error
    }
    isPending = false
    removeOldestContents()
    try syncDirectory()
    return publication
  }

  /// Proves that `specification` can be published: writes a throw-away file, reads it back and removes it.
  ///
  /// The target itself is not touched. Returns what is worth knowing; throws what would make a publication fail.
  public static func prove(
    _ specification: FileSpecification, capacity: Int = 4_096
  ) throws(SystemError) -> [Publication.Notice] {
    let file = try AtomicFile(preparing: specification, capacity: capacity)
    let sample = try RandomBytes.array(count: min(max(capacity, 16), 4_096))
    try file.proveStorage(sample)
    try file.proveRenaming()
    try file.syncDirectory()
    return file.notices
  }
}

// MARK: Steps

extension AtomicFile {
  private func attemptOnTemporary<Result>(
    _ operation: @autoclosure () -> String, _ body: () throws(Errno) -> Result
  ) throws(SystemError) -> Result {
    try attempt(
      operation(), target.directory.pathOf(temporaryName), context: Self.purpose(replaced), body)
  }

  private func allocate(_ capacity: Int) throws(SystemError) {
    guard capacity > 0 else { return }
    try attemptOnTemporary("cannot allocate \(capacity) bytes for") { () throws(Errno) in
      do throws(Errno) {
        try Syscalls.fallocate(temporary.rawValue, capacity)
      } catch {
        guard error.code == EOPNOTSUPP || error.code == ENOSYS else { throw error }
        try allocateByWriting(capacity)
      }
    }
  }

  /// For file systems without fallocate(2), such as NFS: zeros, made durable so that a full disk shows itself now.
  private func allocateByWriting(_ capacity: Int) throws(Errno) {
    let zeros = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 1)
    defer { zeros.deallocate() }
    zeros.initializeMemory(as: UInt8.self, repeating: 0)
    try temporary.writeAll(UnsafeRawBufferPointer(zeros))
    try temporary.sync()
  }

  /// The group before the mode, so that the mode is never in force for the wrong group; the owner last, for a file that
  /// was given away is only its new owner's to change (chmod(2)).
  private func giveRights(narrowIfRefused: Bool) throws(SystemError) {
    var hasMode = false
    do throws(SystemError) {
      let status = try attemptOnTemporary("cannot examine") { () throws(Errno) in try temporary.status() }
      let (owner, group) = (specification.owner ?? geteuid(), specification.group ?? getegid())
      // A directory with the set-group-ID bit gives new files its own group (inode(7)).
      if status.st_gid != group { try give("group \(Users.groupName(of: group))", owner: .max, group: group) }
      keepAttributes()
      try setMode(specification.mode)
      hasMode = true
      if status.st_uid != owner { try give("user \(Users.name(of: owner))", owner: owner, group: .max) }
    } catch {
      guard narrowIfRefused else { throw error }
      if hasMode { try? setMode(specification.mode & 0o600) }
      publication.narrowed = error
    }
    if let existing = target.existing, existing.st_nlink > 1, specification.keepPrevious == nil {
      publication.notices.append(.hardLinks(path: target.path, count: Int(existing.st_nlink)))
    }
  }

  /// The largest number leaves owner or group as it is (chown(2)).
  private func give(_ whom: @autoclosure () -> String, owner: uid_t, group: gid_t) throws(SystemError) {
    try attemptOnTemporary("cannot give to \(whom()) the file") { () throws(Errno) in
      try Syscalls.fchown(temporary.rawValue, owner, group)
    }
  }

  private func setMode(_ mode: UInt16) throws(SystemError) {
    try attemptOnTemporary("cannot set mode \(octal(mode_t(mode))) on") { () throws(Errno) in
      try Syscalls.fchmod(temporary.rawValue, mode_t(mode))
    }
  }

  /// Writes `bytes` and makes them durable; the file has no other name than before.
  func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
    try attemptOnTemporary("cannot write") { () throws(Errno) in
      try temporary.writeAll(bytes)
      // Gives back what was allocated and not needed.
      try Syscalls.ftruncate(temporary.rawValue, bytes.count)
    }
    try attemptOnTemporary("cannot make durable") { () throws(Errno) in try temporary.sync() }
  }

  /// A former content that cannot be kept must not keep the new one from its readers: it is reported.
  private func keepFormerContent(unlike bytes: UnsafeRawBufferPointer) {
    do throws(SystemError) {
      try previous?.keep { () throws(SystemError) in try contentIs(bytes) }
    } catch {
      publication.unkept = error
    }
  }

  /// Whether the target holds `bytes` already, as where it is written once more with other rights.
  private func contentIs(_ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Bool {
    let (handle, name) = (target.directory.rawValue, target.name)
    return try attempt(PreviousFiles.operation, target.path) { () throws(Errno) in
      try Syscalls.openat(handle, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).holds(bytes)
    }
  }

  private func removeOldestContents() {
    do throws(SystemError) {
      try previous?.removeOldest()
    } catch {
      publication.unkept = publication.unkept ?? error
    }
  }

  private func rename(to name: String) throws(SystemError) {
    try attempt("cannot replace", target.directory.pathOf(name)) { () throws(Errno) in
      try Syscalls.renameat(target.directory.rawValue, temporaryName, name)
    }
  }

  private func syncDirectory() throws(SystemError) {
    let operation = "cannot make durable the names in"
    do throws(Errno) {
      try directory.sync()
    } catch {
      let failure = SystemError(operation, target.directory.path, error)
      // EINVAL: the file system has no such thing (fsync(2)).
      guard error.code == EINVAL else { throw failure }
      publication.notices.append(.directoryNotSynced(failure))
    }
  }

  /// Leaves the file where it is, whatever becomes of this object.
  func keep() { isPending = false }

  /// Removes the temporary; one that cannot be removed is emptied, so that it keeps no secret.
  func abandon() {
    guard isPending else { return }
    isPending = false
    let handle = target.directory.rawValue
    do throws(Errno) {
      try Syscalls.unlinkat(handle, temporaryName)
    } catch {
      // A rename that failed may have taken place (NFS): then the name is gone, and the file is the target.
      guard let named = try? Syscalls.fstatat(handle, temporaryName), let ours = try? temporary.status(),
        named.st_dev == ours.st_dev, named.st_ino == ours.st_ino
      else { return }
      // Where this fails too nothing more can be done; `removeLeftovers` finds the file at the next start.
      try? Syscalls.ftruncate(temporary.rawValue, 0)
    }
  }
}

// MARK: Proof

extension AtomicFile {
  func proveStorage(_ sample: [UInt8]) throws(SystemError) {
    let count = sample.count
    let source = UnsafeMutableRawBufferPointer.allocate(byteCount: count * 2, alignment: 1)
    defer { source.deallocate() }
    source.copyBytes(from: sample)
    let (written, back) = (source[..<count], source[count...])
    try write(UnsafeRawBufferPointer(rebasing: written))
    var found = 0
    try attemptOnTemporary("cannot read back") { () throws(Errno) in
      found = try temporary.readAll(into: UnsafeMutableRawBufferPointer(rebasing: back))
    }
    guard found == count, written.elementsEqual(back) else {
      throw SystemError(
        "cannot use", target.path,
        because: "\(count) bytes written beside it were read back differently; the storage is faulty")
    }
  }

  /// Renames the temporary to another name of ours, which is as far as it goes without touching the target.
  private func proveRenaming() throws(SystemError) {
    let other = Self.temporaryPrefix(target.name) + (try RandomBytes.hexadecimal(count: 8))
    try attemptOnTemporary("cannot rename") { () throws(Errno) in
      try Syscalls.renameat(target.directory.rawValue, temporaryName, other)
    }
    try attemptOnTemporary("cannot rename") { () throws(Errno) in
      do throws(Errno) {
        try Syscalls.renameat(target.directory.rawValue, other, temporaryName)
      } catch {
        try? Syscalls.unlinkat(target.directory.rawValue, other)
        throw error
      }
    }
  }
}

// MARK: What a replaced file keeps

extension AtomicFile {
  private func keepAttributes() {
    guard target.existing != nil else { return }
    keep("security.selinux") { $0 }
    keep("system.posix_acl_access") { PosixACL.limited($0, to: mode_t(specification.mode)) }
  }

  /// Copies the attribute `name` from the file that is replaced, where it has it; a failure is a notice.
  private func keep(_ name: String, _ adapted: ([UInt8]) -> [UInt8]?) {
    // By way of /proc, since a handle without access has no fgetxattr(2), and the old file may not be ours to read.
    let directory = "/proc/self/fd/\(target.directory.rawValue)"
    do throws(SystemError) {
      guard let old = try attribute(name, of: "\(directory)/\(target.name)") else { return }
      let new = try attribute(name, of: "\(directory)/\(temporaryName)")
      guard let value = adapted(old) else {
        throw SystemError("cannot understand attribute \(name) of", target.path, code: EINVAL)
      }
      if new == value { return }
      try attemptOnTemporary("cannot set attribute \(name) on") { () throws(Errno) in
        try Syscalls.fsetxattr(temporary.rawValue, name, value)
      }
    } catch {
      publication.notices.append(.attributeLost(name: name, error))
    }
  }

  private func attribute(_ name: String, of path: String) throws(SystemError) -> [UInt8]? {
    do throws(Errno) {
      return try Syscalls.lgetxattr(path, name)
    } catch {
      if error.code == ENODATA || error.code == EOPNOTSUPP { return nil }
      throw SystemError("cannot read attribute \(name) of", target.path, error)
    }
  }
}
