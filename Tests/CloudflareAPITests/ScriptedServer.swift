import Glibc
import Synchronization
import TestSupport

/// A TCP server on the loopback that reads HTTP requests and does with each connection what a script says.
final class ScriptedServer: Sendable {
  /// One thing that the server does.
  enum Step: Sendable {
    /// Writes the bytes.
    case send([UInt8])
    /// Writes the bytes, each by itself.
    case drip([UInt8])
    /// Closes in the usual way; bytes that were not read turn it into a reset.
    case close
    /// Closes with a reset.
    case reset
    /// Keeps the connection open and says nothing until the client closes it.
    case hold

    static func send(_ text: String) -> Step { .send(Array(text.utf8)) }
  }

  /// One thing that the server saw.
  enum Event: Sendable, Equatable {
    case request
    case connectionClosedByClient
    case connectionClosedByServer
  }

  private struct State {
    var requests: [String] = []
    var connections = 0
  }

  let port: UInt16
  let events: AsyncStream<Event>
  private let eventSink: AsyncStream<Event>.Continuation
  private let listener: Int32
  private let state = Mutex(State())
  private let greeting: [Step]
  private let script: @Sendable (Int) -> [Step]

  /// A server that does `greeting` with a connection before it reads, and `script(n)` after the nth request of all, from 1.
  init(greeting: [Step] = [], script: @escaping @Sendable (Int) -> [Step]) throws {
    (events, eventSink) = AsyncStream.makeStream()
    self.greeting = greeting
    self.script = script
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    let bound = try LoopbackAddress.bind(listener)
    guard listen(listener, 128) == 0 else { throw SetupError(call: "listen", code: errno) }
    port = bound
    startThread { [listener, weak self] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0, let self else { return }
        self.state.withLock { $0.connections += 1 }
        startThread { self.serve(connection) }
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  /// Stops listening: from then on connections are refused.
  func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

  var requests: [String] { state.withLock { $0.requests } }
  var connections: Int { state.withLock { $0.connections } }

  /// Waits until the server has seen `event`.
  func wait(for event: Event) async {
    for await seen in events where seen == event { return }
  }
}

// MARK: - Connections

extension ScriptedServer {
  private func serve(_ connection: Int32) {
    let ending = converse(connection)
    close(connection)
    // Not before: whoever waits for it relies on the connection being closed.
    eventSink.yield(ending)
  }

  /// How the connection came to its end.
  private func converse(_ connection: Int32) -> Event {
    if let ending = run(greeting, on: connection) { return ending }
    while let request = readRequest(connection) {
      let number = state.withLock {
        $0.requests.append(request)
        return $0.requests.count
      }
      eventSink.yield(.request)
      if let ending = run(script(number), on: connection) { return ending }
    }
    return .connectionClosedByClient
  }

  /// How the connection came to its end; nil where it goes on.
  private func run(_ steps: [Step], on connection: Int32) -> Event? {
    for step in steps {
      switch step {
      case .send(let bytes): write(bytes, to: connection)
      case .drip(let bytes): for byte in bytes { write([byte], to: connection) }
      case .close: return .connectionClosedByServer
      case .reset:
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(connection, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        return .connectionClosedByServer
      case .hold:
        var byte: UInt8 = 0
        while recv(connection, &byte, 1, 0) > 0 {}
        return .connectionClosedByClient
      }
    }
    return nil
  }

  private func write(_ bytes: [UInt8], to connection: Int32) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      sent += count
    }
  }

  /// One request, head and body; nil at the end of the connection.
  private func readRequest(_ connection: Int32) -> String? {
    var bytes: [UInt8] = []
    var wanted: Int?
    while wanted.map({ bytes.count < $0 }) ?? true {
      var byte: UInt8 = 0
      guard recv(connection, &byte, 1, 0) == 1 else { return nil }
      bytes.append(byte)
      guard wanted == nil, bytes.suffix(4) == [13, 10, 13, 10] else { continue }
      let head = String(decoding: bytes, as: UTF8.self).lowercased()
      let length = head.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }?
        .split(separator: " ").last.flatMap { Int($0) }
      wanted = bytes.count + (length ?? 0)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// A call that the test needs failed.
struct SetupError: Error {
  var call: String
  var code: Int32
}

/// Sockets bound to a free port of the loopback.
enum LoopbackAddress {
  /// Binds `socket` to 127.0.0.1; the port that it got.
  static func bind(_ socket: Int32) throws -> UInt16 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        Glibc.bind(socket, pointer, length) == 0 && getsockname(socket, pointer, &length) == 0 ? 0 : errno
      }
    }
    guard code == 0 else { throw SetupError(call: "bind", code: code) }
    return UInt16(bigEndian: address.sin_port)
  }
}
