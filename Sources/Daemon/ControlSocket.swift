internal import Configuration
internal import Core
internal import Glibc
internal import Platform

/// The socket over which a running service is controlled: where it lies, and who may connect to it.
public enum ControlSocket {
  /// The name of the socket in its directory.
  public static let name = "control"
  /// Where it lies when the service runs as the unit that is shipped.
  public static let defaultPath = "/run/tokenroll/control"

  /// Where the service puts it: in the first of `$RUNTIME_DIRECTORY` (systemd.exec(5)), else in the state directory.
  static func path(stateDirectory: String) -> String { "\(runtimeDirectory ?? stateDirectory)/\(name)" }

  /// Where to look for the service of the configuration `file`; throws where that is needed to know it, and has problems.
  public static func path(ofServiceWith file: String) throws(ConfigurationFile.Failure) -> String {
    if let runtimeDirectory { return "\(runtimeDirectory)/\(name)" }
    if file == ConfigurationFile.defaultPath, access(defaultPath, F_OK) == 0 { return defaultPath }
    let path = "\(try ConfigurationFile.load(file).stateDirectory)/\(name)"
    return access(path, F_OK) == 0 || file != ConfigurationFile.defaultPath ? path : defaultPath
  }

  private static var runtimeDirectory: String? { environmentDirectory("RUNTIME_DIRECTORY") }

  /// Listens at `path`; what an earlier service left there is removed.
  ///
  /// The file has mode 0660 and the group of its directory, where the service may give it that.
  static func listen(at path: String) throws(SystemError) -> FileDescriptor {
    try attempt("cannot remove", path) { () throws(Errno) in
      do throws(Errno) {
        guard try Syscalls.status(of: path).st_mode & S_IFMT == S_IFSOCK else { throw Errno(EEXIST) }
        try Syscalls.unlink(path)
      } catch {
        if error.code != ENOENT { throw error }
      }
    }
    let context =
      "the path of a socket has at most 107 bytes; the state directory or $RUNTIME_DIRECTORY is too long"
    do throws(Errno) {
      let socket = try Syscalls.listen(at: path, backlog: 64)
      try giveRights(path)
      return socket
    } catch {
      throw SystemError(
        "cannot listen at", path, code: error.code, context: error.code == ENAMETOOLONG ? context : nil)
    }
  }

  private static func giveRights(_ path: String) throws(Errno) {
    let group = try Syscalls.status(of: String(PathParts(path).directory)).st_gid
    // The group first, so that no other has the rights for a moment. A service that may not give it keeps its own.
    if try Syscalls.status(of: path).st_gid != group { try? Syscalls.changeGroup(path, group) }
    try Syscalls.chmod(path, 0o660)
  }
}
