internal import Glibc
internal import Platform

/// Who is at the other end of a control connection, and what they may do.
public struct ControlPeer: Sendable, Equatable {
  /// The number that stands for everybody whom a user namespace does not map: no user of the service's own.
  public static let nobody: UInt32 = 65_534

  /// The process that connected; 0 where it is not visible from here.
  var process: Int32
  var user: UInt32

  /// Whether the peer may have rolls made, reload and pause: root, and the service's own user.
  func mayChange(serviceUser: UInt32) -> Bool {
    // In a user namespace everybody whom it does not map has the number of "nobody" (user_namespaces(7)).
    user == 0 || (user == serviceUser && user != Self.nobody)
  }

  /// The one who is connected to `socket`.
  init(_ socket: Int32) throws(Errno) {
    let peer = try Syscalls.peer(socket)
    self.init(process: peer.process, user: peer.user)
  }

  init(process: Int32, user: UInt32) {
    self.process = process
    self.user = user
  }
}
