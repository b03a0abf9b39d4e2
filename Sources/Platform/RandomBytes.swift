internal import Core
internal import Glibc

/// Bytes from the kernel's random number generator (getrandom(2)).
public enum RandomBytes {
  /// `count` random bytes; waits, early in the boot, until the generator is seeded.
  public static func array(count: Int) throws(SystemError) -> [UInt8] {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
    defer { buffer.deallocate() }
    try fill(buffer)
    return Array(buffer)
  }

  /// `count` random bytes as twice as many lower-case hexadecimal digits.
  public static func hexadecimal(count: Int) throws(SystemError) -> String {
    Core.hexadecimal(try array(count: count))
  }

  private static func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(SystemError) {
    var filled = 0
    while filled < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
      let taken = try attempt("cannot read", "random bytes") { () throws(Errno) in
        try Syscalls.getrandom(into: rest)
      }
      if taken == 0 { throw SystemError("cannot read", "random bytes", code: EIO) }
      filled += taken
    }
  }
}
