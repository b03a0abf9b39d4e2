import Glibc

/// Files that the sandbox reads and writes.
enum FileStore {
  /// The whole content; nil where there is no such file.
  static func read(_ path: String) throws(SandboxError) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw SandboxError(.system, "cannot read \(path): \(Output.reason())")
    }
    defer { close(descriptor) }
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count == 0 { return content }
      if count > 0 {
        content += chunk.prefix(count)
      } else if errno != EINTR {
        throw SandboxError(.system, "cannot read \(path): \(Output.reason())")
      }
    }
  }

  /// Replaces the file in one step, so that a reader sees the old or the new content whole.
  static func replace(_ path: String, with content: [UInt8], mode: mode_t = 0o600) throws(SandboxError) {
    let temporary = "\(path).\(getpid()).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode)
    guard descriptor >= 0 else {
      throw SandboxError(.system, "cannot create \(temporary): \(Output.reason())")
    }
    let isWritten = fchmod(descriptor, mode) == 0 && Output.write(content, to: descriptor)
    let code = errno
    close(descriptor)
    guard isWritten else {
      unlink(temporary)
      throw SandboxError(.system, "cannot write \(temporary): \(Output.reason(code))")
    }
    guard rename(temporary, path) == 0 else {
      let code = errno
      unlink(temporary)
      throw SandboxError(.system, "cannot rename \(temporary) to \(path): \(Output.reason(code))")
    }
  }
}
