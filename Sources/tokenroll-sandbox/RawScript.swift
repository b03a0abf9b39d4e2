import CMicroHTTPD
import Dispatch
import Glibc

/// Bytes that are written past libmicrohttpd, as they are, and how the connection ends then.
struct RawScript: Sendable {
  /// What is written.
  enum Step: Sendable {
    case bytes([UInt8])
    case fill(UInt8, count: Int)
    /// These bytes, so many in a second.
    case drip([UInt8], perSecond: Int)
  }

  var steps: [Step]
  var ending: Fault.Ending

  /// How long a client may take no byte, in milliseconds.
  private static let patience: Int32 = 30_000
  /// How often in a second a drip falls, at most.
  private static let dripsPerSecond = 20

  /// Writes everything and ends the exchange; `done` is told before the connection is given back.
  func run(on exchange: Exchange, queue: DispatchQueue, done: @escaping @Sendable () -> Void) {
    guard exchange.hold() else { return done() }
    perform(steps[...], on: exchange, queue: queue, done: done)
  }

  private func perform(
    _ left: ArraySlice<Step>, on exchange: Exchange, queue: DispatchQueue,
    done: @escaping @Sendable () -> Void
  ) {
    var left = left
    var isOpen = true
    while isOpen, let step = left.popFirst() {
      switch step {
      case .bytes(let bytes):
        isOpen = Self.write(bytes[...], to: exchange.connection)
      case .fill(let byte, let count):
        let chunk = [UInt8](repeating: byte, count: 1 << 16)
        var rest = count
        while isOpen, rest > 0 {
          isOpen = Self.write(chunk.prefix(rest), to: exchange.connection)
          rest -= chunk.count
        }
      case .drip(let bytes, let rate):
        guard !bytes.isEmpty else { continue }
        let drops = min(rate, Self.dripsPerSecond)
        let size = rate / drops
        isOpen = Self.write(bytes.prefix(size), to: exchange.connection)
        guard isOpen else { continue }
        let rest = [.drip(Array(bytes.dropFirst(size)), perSecond: rate)] + left
        queue.asyncAfter(deadline: .now() + .milliseconds(1000 / drops)) {
          perform(rest[...], on: exchange, queue: queue, done: done)
        }
        return
      }
    }
    Self.end(exchange.connection, ending)
    done()
    exchange.release()
  }

  // MARK: Sockets

  private static func write(_ bytes: ArraySlice<UInt8>, to connection: Connection) -> Bool {
    let socket = connection.socket
    let session = connection.session
    var bytes = bytes
    while !bytes.isEmpty {
      let sent = bytes.withUnsafeBytes { buffer in
        if let session {
          return gnutls_record_send(session, buffer.baseAddress ?? UnsafeRawPointer(session), buffer.count)
        }
        return send(socket, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
      }
      if sent > 0 {
        bytes = bytes.dropFirst(sent)
        continue
      }
      let isBusy =
        session == nil
        ? errno == EAGAIN || errno == EINTR : sent == Int(GNUTLS_E_AGAIN) || sent == Int(GNUTLS_E_INTERRUPTED)
      guard isBusy else { return false }
      var descriptor = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
      guard poll(&descriptor, 1, patience) > 0, Int32(descriptor.revents) & POLLERR == 0 else { return false }
    }
    return true
  }

  private static func end(_ connection: Connection, _ ending: Fault.Ending) {
    let socket = connection.socket
    switch ending {
    case .close:
      if let session = connection.session { gnutls_bye(session, GNUTLS_SHUT_WR) }
      shutdown(socket, Int32(SHUT_WR))
    case .reset:
      awaitDelivery(socket)
      // tcp_disconnect of the kernel sends RST at once; SO_LINGER would wait for the close, before which
      // libmicrohttpd sends FIN.
      var none = sockaddr()
      none.sa_family = sa_family_t(AF_UNSPEC)
      connect(socket, &none, socklen_t(MemoryLayout<sockaddr>.size))
    }
  }

  /// Waits until the peer has acknowledged what was written, for a reset discards the rest.
  private static func awaitDelivery(_ socket: Int32) {
    for _ in 0..<200 {
      var left: Int32 = 0
      guard ioctl(socket, UInt(TIOCOUTQ), &left) == 0, left > 0 else { return }
      usleep(5000)
    }
  }

  /// True where the peer has closed its side.
  static func isPeerGone(_ connection: Connection) -> Bool {
    let hangUp: Int16 = 0x2000  // POLLRDHUP, which Glibc declares for _GNU_SOURCE only
    var descriptor = pollfd(fd: connection.socket, events: hangUp, revents: 0)
    guard poll(&descriptor, 1, 0) > 0 else { return false }
    return descriptor.revents & (hangUp | Int16(POLLERR) | Int16(POLLHUP)) != 0
  }
}
