internal import Glibc

/// Files in it, by their names.
extension TemporaryDirectory {
  /// The bytes of the file `name`.
  public func read(_ name: String) throws -> [UInt8] { try TestSupport.contents(of: path(name)) }

  /// Writes the file `name` with `mode`, in the place of what it held.
  public func write(_ bytes: [UInt8], to name: String, mode: UInt32 = 0o600) throws {
    let descriptor = open(path(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode_t(mode))
    guard descriptor >= 0 else { throw SetupFailure("open", errno) }
    defer { close(descriptor) }
    guard fchmod(descriptor, mode_t(mode)) == 0 else { throw SetupFailure("fchmod", errno) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { throw SetupFailure("write", errno) }
      rest = rest.dropFirst(count)
    }
  }

  /// The permission bits of `name`.
  public func mode(_ name: String) throws -> UInt32 {
    var status = stat()
    guard lstat(path(name), &status) == 0 else { throw SetupFailure("lstat", errno) }
    return status.st_mode & 0o7777
  }

  /// The names in the directory `name`, sorted.
  public func names(_ name: String) throws -> [String] { Self.names(path(name)) }
}
