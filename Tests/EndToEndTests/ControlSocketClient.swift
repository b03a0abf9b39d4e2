import Glibc
import JSON

/// A client of the control socket that can misbehave; closed when it is let go.
final class ControlSocketClient {
  private let descriptor: Int32
  private var input: [UInt8] = []

  /// Connects; waits 30 s at most for each answer.
  init(_ path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
      throw TestFailure("\(path) is too long")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0 else { throw TestFailure("connect \(path): \(String(cString: strerror(errno)))") }
    var limit = timeval(tv_sec: 30, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  /// Sends bytes as they are; false where the service has hung up.
  @discardableResult func send(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// Sends a call.
  @discardableResult func send(
    _ method: String, _ parameters: String = "{}", more: Bool = false, oneway: Bool = false
  )
    -> Bool
  {
    send(
      Array(
        #"{"method": "\#(method)", "more": \#(more), "oneway": \#(oneway), "parameters": \#(parameters)}"#
          .utf8) + [0])
  }

  /// The next message; nil where the service has hung up.
  func receive() throws -> JSONNode? {
    while true {
      if let end = input.firstIndex(of: 0) {
        let message = Array(input[..<end])
        input.removeFirst(end + 1)
        return try JSONDocument(parsing: message).root
      }
      var chunk = [UInt8](repeating: 0, count: 65_536)
      let count = recv(descriptor, &chunk, chunk.count, 0)
      if count == 0 || (count < 0 && errno == ECONNRESET) { return nil }
      guard count > 0 else { throw TestFailure("no answer: \(String(cString: strerror(errno)))") }
      input += chunk[..<count]
    }
  }

  /// Calls a method of ours and gives all its answers, an error included.
  func call(_ method: String, _ parameters: String = "{}", more: Bool = false) throws -> [JSONNode] {
    send("org.tokenroll.Control.\(method)", parameters, more: more)
    var answers: [JSONNode] = []
    while true {
      guard let answer = try receive() else { throw TestFailure("the service hung up on \(method)") }
      answers.append(answer)
      if answer["continues"]?.boolean != true { return answers }
    }
  }

  /// Ends what this side sends.
  func finish() { shutdown(descriptor, Int32(SHUT_WR)) }
}

extension Workspace {
  /// Where a service without systemd has its control socket.
  var control: String { state + "/control" }

  /// Runs a command that talks to the service.
  func command(_ arguments: String...) throws -> TestProcess.Result {
    try TestProcess.run(TestProcess.product("tokenroll"), arguments + ["--config", configurationFile])
  }
}
