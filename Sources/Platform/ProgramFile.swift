internal import Glibc

/// Whether a program may be run with the rights of the process: what another user can change is not.
public enum ProgramFile {
  /// Examines the program at `path`, an absolute path; links are followed. Throws where it must not or cannot be run.
  ///
  /// The file and every directory above it belong to root or to the process, and nobody else can write to them; a directory
  /// that is sticky may be open to others, for they cannot rename what lies in it.
  public static func examine(_ path: String) throws(SystemError) {
    let operation = "cannot run"
    let status = try attempt(operation, path) { () throws(Errno) in try Syscalls.status(of: path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw SystemError(operation, path, because: "it is not a file")
    }
    guard status.st_mode & 0o111 != 0 else {
      throw SystemError(operation, path, because: "it is not executable; chmod +x \(path)")
    }
    try attempt(operation, path) { () throws(Errno) in try Syscalls.faccessat(path, X_OK) }
    let attributes = try FileAttributes(of: path)
    let groupIsTrusted = attributes.group == 0 || attributes.group == getegid()
    let writer: String? =
      if attributes.owner != 0 && attributes.owner != geteuid() {
        "user \(attributes.owner)"
      } else if attributes.mode & S_IWOTH != 0 {
        "everyone"
      } else if attributes.mode & S_IWGRP != 0 && !groupIsTrusted {
        "group \(attributes.group)"
      } else {
        nil
      }
    if let writer {
      throw SystemError(
        "cannot trust", path,
        because: "it \(attributes.description), so \(writer) can change what the service runs; "
          + "chown root:root \(path); chmod 0755 \(path)")
    }
    guard let resolved = resolvedPath(path) else { return }
    let directory = try Directory.split(resolved).directory
    do throws(SystemError) {
      _ = try Directory(directory)
    } catch {
      // The exception that its advice ends with is one of destinations.
      throw SystemError(
        "cannot trust", path,
        because: error.description.replacing(", or allow writable_by_others", with: ""))
    }
  }
}
