import Glibc

/// The socket on which a service manager hears of a service (sd_notify(3)).
final class NotifySocket: Sendable {
  let path: String
  private let descriptor: Int32

  init(_ path: String) throws {
    self.path = path
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | O_CLOEXEC, 0)
    guard descriptor >= 0 else { throw TestFailure("socket: \(String(cString: strerror(errno)))") }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
      throw TestFailure("\(path) is too long")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0 else { throw TestFailure("bind \(path): \(String(cString: strerror(errno)))") }
  }

  deinit { close(descriptor) }

  /// The assignments of the next message; fails where none comes in time.
  func receive(within seconds: Int32 = 30) throws -> [String] {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&request, 1, seconds * 1_000) > 0 else {
      throw TestFailure("no notification for \(seconds) s")
    }
    var buffer = [UInt8](repeating: 0, count: 4_096)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    guard count >= 0 else { throw TestFailure("recv: \(String(cString: strerror(errno)))") }
    return String(decoding: buffer.prefix(count), as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// The messages up to the first that has `assignment`, that one included.
  func receive(until assignment: String, within seconds: Int32 = 30) throws -> [[String]] {
    var messages: [[String]] = []
    while true {
      let message = try receive(within: seconds)
      messages.append(message)
      if message.contains(where: { $0.hasPrefix(assignment) }) { return messages }
    }
  }
}
