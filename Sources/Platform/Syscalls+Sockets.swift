internal import CLinux
package import Glibc

// MARK: Sockets in the file system

extension Syscalls {
  /// A socket that listens at `path`, which must not exist, and does not block; nobody else may connect yet.
  package static func listen(at path: String, backlog: Int32) throws(Errno) -> FileDescriptor {
    FileDescriptor(owning: try call(.listen) { linux_unix_listen(path, backlog) })
  }

  /// A socket connected to the one at `path`. One that does not block fails with EAGAIN where too many wait there.
  package static func connect(to path: String, isBlocking: Bool = true) throws(Errno) -> FileDescriptor {
    FileDescriptor(owning: try call(.connect) { linux_unix_connect(path, isBlocking ? 0 : 1) })
  }

  /// The next who connected; it does not block either. EAGAIN where there is none.
  package static func accept(_ listener: Int32) throws(Errno) -> FileDescriptor {
    FileDescriptor(owning: try call(.accept) { linux_accept(listener) })
  }

  /// Who is at the other end, as the kernel knows it (unix(7), SO_PEERCRED).
  package static func peer(_ socket: Int32) throws(Errno) -> (process: Int32, user: UInt32) {
    var peer: (process: Int32, user: UInt32) = (0, 0)
    _ = try call(.getsockopt) { linux_peer(socket, &peer.process, &peer.user) }
    return peer
  }

  /// Another number for the same open file.
  package static func duplicate(_ descriptor: Int32) throws(Errno) -> FileDescriptor {
    FileDescriptor(owning: try call(.fcntl) { linux_duplicate(descriptor) })
  }

  package static func chmod(_ path: String, _ mode: mode_t) throws(Errno) {
    _ = try call(.chmod) { Glibc.chmod(path, mode) }
  }

  /// Gives the file `path` to `group`; its owner stays.
  package static func changeGroup(_ path: String, _ group: gid_t) throws(Errno) {
    _ = try call(.chown) { Glibc.lchown(path, uid_t.max, group) }
  }

  package static func unlink(_ path: String) throws(Errno) {
    _ = try call(.unlinkat) { Glibc.unlink(path) }
  }

  /// The status of the file `path`, of what a link points to.
  package static func status(of path: String) throws(Errno) -> stat {
    var status = Glibc.stat()
    _ = try call(.fstatat) { Glibc.fstatat(AT_FDCWD, path, &status, 0) }
    return status
  }
}
