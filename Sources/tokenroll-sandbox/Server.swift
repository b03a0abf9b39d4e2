import CMicroHTTPD
import Dispatch
import Glibc
import Synchronization

/// libmicrohttpd, serving a service on a listener.
final class Server: Sendable {
  private struct Daemon: @unchecked Sendable {
    let handle: OpaquePointer
  }

  /// How many threads serve connections.
  private static let threads = 4
  /// How long, in milliseconds, answers under way may take when the server stops.
  private static let grace = 2000

  private let service: Service
  private let active = Atomic(0)
  private let daemon = Mutex<Daemon?>(nil)

  init(_ service: Service) { self.service = service }

  /// Starts to serve; under TLS as `identity` says.
  func start(_ listener: Listener, _ identity: TLSIdentity?, _ version: TLSIdentity.Version)
    throws(SandboxError)
  {
    var flags =
      MHD_USE_EPOLL_INTERNAL_THREAD.rawValue | MHD_USE_SUSPEND_RESUME.rawValue
    if listener.address.host.isIPv6 { flags |= MHD_USE_IPv6.rawValue }
    if service.log.isVerbose { flags |= MHD_USE_ERROR_LOG.rawValue }
    let context = Unmanaged.passUnretained(self).toOpaque()
    var options = [
      option(.LISTEN_SOCKET, Int(listener.descriptor)),
      option(.THREAD_POOL_SIZE, Self.threads),
      option(.CONNECTION_LIMIT, 4096),
      option(.CONNECTION_TIMEOUT, 120),
      sandbox_mhd_completed_option(
        { context, _, state, _ in
          guard let context, let taken = state?.pointee else { return }
          state?.pointee = nil
          Unmanaged<Server>.fromOpaque(context).takeUnretainedValue()
            .complete(Unmanaged<Exchange>.fromOpaque(taken).takeRetainedValue())
        }, context),
    ]
    var texts: [UnsafeMutablePointer<CChar>] = []
    if let identity {
      flags |= MHD_USE_TLS.rawValue
      let given: [(MHD_OPTION, [UInt8])] = [
        (.HTTPS_MEM_KEY, identity.key), (.HTTPS_MEM_CERT, identity.certificate),
        (.HTTPS_PRIORITIES, Array(version.priorities.utf8)),
      ]
      for (name, text) in given {
        // libmicrohttpd keeps the pointers for as long as it runs, which is as long as this process does.
        guard let copy = strndup(text.map { CChar(bitPattern: $0) }, text.count) else { continue }
        texts.append(copy)
        options.append(MHD_OptionItem(option: name, value: 0, ptr_value: copy))
      }
    }
    options.append(option(.END, 0))
    let handle = sandbox_mhd_start(
      flags,
      { context, connection, path, method, _, data, size, state in
        guard let context, let connection, let path, let method, let size, let state else { return .NO }
        return Unmanaged<Server>.fromOpaque(context).takeUnretainedValue()
          .access(Connection(handle: connection), path, method, data, size, state)
      }, context, options)
    guard let handle else {
      throw SandboxError(.system, "cannot start libmicrohttpd on \(listener.url(isTLS: identity != nil))")
    }
    daemon.withLock { $0 = Daemon(handle: handle) }
  }

  private func option(_ name: MHD_OPTION, _ value: Int) -> MHD_OptionItem {
    MHD_OptionItem(option: name, value: value, ptr_value: nil)
  }

  /// Takes no more connections, lets answers under way end, and stops.
  func stop() {
    guard let daemon = daemon.withLock({ $0.take() }) else { return }
    let listener = MHD_quiesce_daemon(daemon.handle)
    if listener >= 0 { close(listener) }
    for _ in 0..<Self.grace / 10 where active.load(ordering: .acquiring) > 0 {
      service.dropSuspended()
      usleep(10_000)
    }
    // libmicrohttpd aborts when it is stopped while a connection is suspended.
    if active.load(ordering: .acquiring) == 0 { MHD_stop_daemon(daemon.handle) }
  }
}

// MARK: - Requests

extension Server {
  private func access(
    _ connection: Connection, _ path: UnsafePointer<CChar>, _ method: UnsafePointer<CChar>,
    _ data: UnsafePointer<CChar>?, _ size: UnsafeMutablePointer<Int>,
    _ state: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  ) -> MHD_Result {
    guard let known = state.pointee else {
      active.add(1, ordering: .acquiringAndReleasing)
      state.pointee = Unmanaged.passRetained(Exchange(connection)).toOpaque()
      return .YES
    }
    let exchange = Unmanaged<Exchange>.fromOpaque(known).takeUnretainedValue()
    if size.pointee > 0, let data {
      exchange.receive(UnsafeRawBufferPointer(start: data, count: size.pointee))
      size.pointee = 0
      return .YES
    }
    switch exchange.turn() {
    case .wait: return .YES
    case .finish(.drop): return .NO
    case .finish(.answer(let answer)): return connection.queue(answer, ray: exchange.ray)
    case .handle(let body):
      guard body.count <= Exchange.maxBody else {
        return connection.queue(
          .failure(413, .init(code: 10013, text: "The request body has more than \(Exchange.maxBody) bytes")),
          ray: exchange.ray)
      }
      return handle(
        Request(
          method: String(cString: method), path: String(cString: path), query: connection.query,
          authorization: connection.header("Authorization"), body: body, peer: connection.peer,
          ray: exchange.ray),
        exchange)
    }
  }

  private func handle(_ request: Request, _ exchange: Exchange) -> MHD_Result {
    switch service.handle(request, exchange) {
    case .now(let answer):
      return exchange.connection.queue(answer, ray: exchange.ray)
    case .later(let work):
      // Tracked only then: a stop resumes what is tracked, and that has to be suspended.
      exchange.suspend()
      service.track(exchange)
      service.queue.async(execute: work)
      return .YES
    }
  }

  private func complete(_ exchange: Exchange) {
    service.untrack(exchange)
    active.subtract(1, ordering: .acquiringAndReleasing)
  }
}
