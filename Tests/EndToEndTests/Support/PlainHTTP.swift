import Glibc

/// One HTTP request over a TCP connection of its own to this machine: what curl(1) does in more time.
enum PlainHTTP {
  /// The status and the body of the answer; the connection is closed after it.
  static func send(
    _ method: String, port: UInt16, path: String, headers: [String] = [], body: String = ""
  ) throws -> (status: Int, body: [UInt8]) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
    guard descriptor >= 0 else { throw TestFailure("socket: \(String(cString: strerror(errno)))") }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else {
      throw TestFailure("connect to port \(port): \(String(cString: strerror(errno)))")
    }
    var head = ["\(method) \(path) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Connection: close"] + headers
    head.append("Content-Length: \(body.utf8.count)")
    let request = Array((head.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
    guard Glibc.send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
      throw TestFailure("\(method) \(path) could not be sent")
    }
    var answer: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = recv(descriptor, &chunk, chunk.count, 0)
      if count < 0, errno == EINTR { continue }
      if count <= 0 { break }
      answer += chunk.prefix(count)
    }
    return try split(answer, "\(method) \(path)")
  }

  private static func split(_ answer: [UInt8], _ what: String) throws -> (status: Int, body: [UInt8]) {
    let end: [UInt8] = [13, 10, 13, 10]
    let place = answer.indices.first { answer[$0...].starts(with: end) }
    let status = String(decoding: answer.prefix(12).suffix(3), as: UTF8.self)
    guard let place, let number = Int(status) else { throw TestFailure("\(what): no answer") }
    return (number, Array(answer[(place + end.count)...]))
  }
}
