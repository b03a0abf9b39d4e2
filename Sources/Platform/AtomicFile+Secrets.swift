internal import Glibc

/// Reading and destroying files that hold a secret.
extension AtomicFile {
  /// The contents of the regular file `path`, of at most `limit` bytes; no copy of them stays behind.
  ///
  /// A symbolic link as the last component is refused unless allowed, and, with `mustBeTrusted`, a file that others than
  /// root and the process can change or replace. Throws where the file cannot be read, is no regular file, or is larger.
  public static func readFile(
    _ path: String, limit: Int, allowSymbolicLink: Bool = false, mustBeTrusted: Bool = false
  ) throws(SystemError) -> Secret {
    guard !path.utf8.contains(0) else {
      throw SystemError("cannot read", path, because: "the path has a NUL")
    }
    let link = allowSymbolicLink ? 0 : O_NOFOLLOW
    // O_NONBLOCK: opening a pipe must not wait for its writer; it is refused below.
    let flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | link
    let file =
      mustBeTrusted
      ? try openTrusted(path, flags)
      : try attempt("cannot open", path) { () throws(Errno) in try Syscalls.open(path, flags) }
    let status = try attempt("cannot examine", path) { () throws(Errno) in try file.status() }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw SystemError("cannot read", path, because: "it is not a regular file")
    }
    if mustBeTrusted, let reason = distrust(status) {
      throw SystemError(
        "cannot trust", path, because: "it \(reason); give it to root, and let nobody else write to it")
    }
    // One byte more than the file has: it is full where the file has grown meanwhile, and that is one too many.
    let most = min(limit, max(Int(status.st_size), 0))
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: most + 1, alignment: 16)
    defer {
      wipe(buffer)
      buffer.deallocate()
    }
    let count = try attempt("cannot read", path) { () throws(Errno) in try file.readAll(into: buffer) }
    guard count <= most else {
      let reason = most == limit ? "it has more than \(limit) bytes" : "it grew while it was read"
      throw SystemError("cannot read", path, because: reason)
    }
    return Secret(copying: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
  }

  private static func openTrusted(_ path: String, _ flags: Int32) throws(SystemError) -> FileDescriptor {
    let (parent, name) = try Directory.split(path)
    let directory = try Directory(parent, allowSymbolicLink: true)
    let handle = directory.rawValue
    return try attempt("cannot open", path) { () throws(Errno) in try Syscalls.openat(handle, name, flags) }
  }

  /// Overwrites the regular file `path` with zeros, removes it, and makes both durable; false where there is none.
  ///
  /// On storage that writes elsewhere than it read (copy-on-write file systems, flash memory) older copies may outlive
  /// this. A file that can be opened is removed even where overwriting it fails, which is then thrown.
  @discardableResult
  public static func secureErase(_ path: String) throws(SystemError) -> Bool {
    let (parent, name) = try Directory.split(path)
    let directory = try Directory(parent, allowSymbolicLink: true, allowWritableByOthers: true)
    let listing = try directory.reopen()
    var (isGone, failure) = erase([name], in: directory)
    if isGone {
      do throws(Errno) {
        try listing.sync()
      } catch {
        failure = failure ?? SystemError("cannot make durable the removal of a file from", parent, error)
      }
    }
    if let failure { throw failure }
    return isGone
  }

  /// Overwrites those of `names` in `directory` that are there with zeros, for good, and removes them; all are tried before the
  /// first failure is thrown.
  ///
  /// The removal is not made durable: what comes back with a crash of the machine has nothing in it any more.
  public static func secureErase(_ names: [String], in directory: KeptDirectory) throws(SystemError) {
    if let failure = erase(names, in: try directory.open()).failure { throw failure }
  }

  private static func erase(
    _ names: [String], in directory: borrowing Directory
  ) -> (isGone: Bool, failure: SystemError?) {
    var (isGone, failure) = (false, SystemError?.none)
    for name in names {
      do throws(SystemError) {
        isGone = try overwriteAndRemove(name, in: directory, &failure) || isGone
      } catch {
        failure = failure ?? error
      }
    }
    return (isGone, failure)
  }

  /// Whether there was a file `name`, which is gone then; `failure` where it could not be overwritten before.
  private static func overwriteAndRemove(
    _ name: String, in directory: borrowing Directory, _ failure: inout SystemError?
  ) throws(SystemError) -> Bool {
    let (handle, path) = (directory.rawValue, directory.pathOf(name))
    let file: FileDescriptor
    do throws(Errno) {
      file = try Syscalls.openat(handle, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK)
    } catch {
      if error.code == ENOENT { return false }
      throw SystemError("cannot open", path, error)
    }
    do throws(SystemError) { try overwrite(file, path) } catch { failure = failure ?? error }
    try attempt("cannot remove", path) { () throws(Errno) in try Syscalls.unlinkat(handle, name) }
    return true
  }

  private static func overwrite(_ file: borrowing FileDescriptor, _ path: String) throws(SystemError) {
    let descriptor = file.rawValue
    let status = try attempt("cannot examine", path) { () throws(Errno) in try Syscalls.fstat(descriptor) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw SystemError("cannot overwrite", path, because: "it is not a regular file")
    }
    let zeros = UnsafeMutableRawBufferPointer.allocate(byteCount: max(status.st_size, 1), alignment: 1)
    defer { zeros.deallocate() }
    zeros.initializeMemory(as: UInt8.self, repeating: 0)
    do throws(Errno) {
      try file.writeAll(UnsafeRawBufferPointer(rebasing: zeros[..<status.st_size]))
      try Syscalls.fdatasync(descriptor)
    } catch {
      throw SystemError("cannot overwrite", path, error)
    }
  }
}
