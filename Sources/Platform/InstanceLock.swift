internal import Glibc

/// The lock that keeps a second service off a state directory; held until the value goes, or the process ends.
public final class InstanceLock: Sendable {
  private let file: FileDescriptor

  /// Takes the lock `lock` in `directory`, without waiting, and writes the number of the process into it.
  ///
  /// Throws where another process holds it, and names that process.
  public init(directory: String) throws(SystemError) {
    let path = directory.hasSuffix("/") ? directory + "lock" : directory + "/lock"
    file = try attempt("cannot open", path) { () throws(Errno) in
      try Syscalls.open(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600)
    }
    do throws(Errno) {
      try Syscalls.flock(file.rawValue, LOCK_EX | LOCK_NB)
    } catch {
      guard error.code == EWOULDBLOCK else { throw SystemError("cannot lock", path, error) }
      let holder = Self.holder(file).map { "process \($0)" } ?? "another process"
      throw SystemError(
        "cannot lock", path,
        because: "\(holder) is at work on this state; stop it first, or use another state directory")
    }
    let (descriptor, text) = (file.rawValue, "\(getpid())\n")
    try attempt("cannot write", path) { () throws(Errno) in
      try Syscalls.ftruncate(descriptor, 0)
      try Self.write(text, to: descriptor)
    }
  }

  private static func write(_ text: String, to descriptor: Int32) throws(Errno) {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: text.utf8.count, alignment: 1)
    defer { bytes.deallocate() }
    bytes.copyBytes(from: text.utf8)
    _ = try Syscalls.pwrite(descriptor, UnsafeRawBufferPointer(bytes), at: 0)
  }

  /// The process that the file names; nil where it cannot be read.
  private static func holder(_ file: borrowing FileDescriptor) -> Int32? {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16, alignment: 1)
    defer { buffer.deallocate() }
    guard let count = try? file.readAll(into: buffer) else { return nil }
    return Int32(String(decoding: buffer[..<count].prefix { $0 != 10 }, as: UTF8.self))
  }
}
