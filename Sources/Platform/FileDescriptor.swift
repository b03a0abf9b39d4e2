package import Glibc

/// An open descriptor with one owner, who closes it by letting go.
public struct FileDescriptor: ~Copyable, Sendable {
  /// The number; lent, not given away.
  package let rawValue: Int32

  /// Takes over `rawValue`, which nobody else may close from now on.
  package init(owning rawValue: Int32) { self.rawValue = rawValue }

  // No repetition after EINTR: Linux has closed the descriptor by then (close(2)).
  deinit { close(rawValue) }

  /// Gives the number away, to be closed by someone else: the cancel handler of a Dispatch source.
  package consuming func release() -> Int32 {
    let rawValue = rawValue
    discard self
    return rawValue
  }

  /// Writes all of `bytes` at `offset`, in as many calls as it takes; EIO where the system takes none.
  package borrowing func writeAll(_ bytes: UnsafeRawBufferPointer, at offset: Int = 0) throws(Errno) {
    var written = 0
    while written < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
      let count = try Syscalls.pwrite(rawValue, rest, at: offset + written)
      if count == 0 { throw Errno(EIO) }
      written += count
    }
  }

  /// Reads from `offset` until `buffer` is full or the file ends, and returns the number of bytes.
  package borrowing func readAll(into buffer: UnsafeMutableRawBufferPointer, at offset: Int = 0)
    throws(Errno) -> Int
  {
    var filled = 0
    while filled < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
      let count = try Syscalls.pread(rawValue, into: rest, at: offset + filled)
      if count == 0 { break }
      filled += count
    }
    return filled
  }

  /// Whether the file holds `bytes` and nothing else; what is read is wiped.
  borrowing func holds(_ bytes: UnsafeRawBufferPointer) throws(Errno) -> Bool {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count + 1, alignment: 16)
    defer {
      wipe(buffer)
      buffer.deallocate()
    }
    let found = try readAll(into: buffer)
    return found == bytes.count && buffer[..<found].elementsEqual(bytes)
  }

  /// Makes the contents durable (fsync(2)).
  package borrowing func sync() throws(Errno) { try Syscalls.fsync(rawValue) }

  /// The status of the open file (fstat(2)).
  package borrowing func status() throws(Errno) -> stat { try Syscalls.fstat(rawValue) }
}
