internal import Glibc

/// A file that must not be there yet.
public enum NewFile {
  /// Makes the file `path` with `mode` and `content`, durable when this returns; leaves nothing behind where it throws.
  ///
  /// Throws where the file is there already, whatever it is.
  public static func write(_ content: [UInt8], to path: String, mode: UInt16) throws(SystemError) {
    let file = try attempt("cannot make", path) { () throws(Errno) in
      try Syscalls.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode_t(mode & 0o600))
    }
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: content.count, alignment: 1)
    defer { bytes.deallocate() }
    bytes.copyBytes(from: content)
    do throws(Errno) {
      try file.writeAll(UnsafeRawBufferPointer(bytes))
      try Syscalls.fchmod(file.rawValue, mode_t(mode))
      try file.sync()
    } catch {
      try? Syscalls.unlink(path)
      throw SystemError("cannot write", path, error)
    }
  }
}
