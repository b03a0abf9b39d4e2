import Glibc

/// One reading of a file whose contents begin with the number of their version, as a consumer makes it.
struct VersionReading {
  /// Nil where the file is not there, or is not as it has to be.
  private(set) var number: Int?
  /// What is wrong with it, but for that it is not there.
  private(set) var faults: [String] = []
  /// Whether it is not there.
  private(set) var isMissing = false

  /// Reads `path`, from `directory` where it is relative; the file has to have `mode`, and the `contents` of its version.
  init(_ path: String, in directory: Int32 = AT_FDCWD, mode: UInt16, contents: (Int) -> String) {
    let descriptor = openat(directory, path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      isMissing = errno == ENOENT
      if !isMissing { faults.append("errno \(errno)") }
      return
    }
    defer { close(descriptor) }
    var status = stat()
    fstat(descriptor, &status)
    if status.st_mode & 0o7777 != UInt32(mode) {
      faults.append("mode \(String(status.st_mode & 0o7777, radix: 8))")
    }
    var buffer = [UInt8](repeating: 0, count: 4_096)
    let text = String(decoding: buffer[..<max(read(descriptor, &buffer, buffer.count), 0)], as: UTF8.self)
    guard let number = text.split(separator: ":").first.flatMap({ Int($0) }), text == contents(number) else {
      faults.append("torn: \(text.prefix(20))")
      return
    }
    self.number = number
  }
}
