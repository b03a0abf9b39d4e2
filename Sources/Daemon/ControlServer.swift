internal import Core
internal import Glibc
internal import JSON
internal import Platform
internal import Synchronization

/// The control socket of a running service: connections, and which method answers which call.
@RotationActor final class ControlServer {
  let services: RollServices
  let rotator: Rotator
  let feed: ControlFeed
  let startedAt: Timestamp
  /// Reads the configuration again; returns its problems, none where it is in use.
  let reload: @RotationActor () -> [String]
  /// Watchers of events.
  var watchers: [ControlExchange] = []
  /// Those who follow rolls, with the entries that are not at their end.
  var followers: [(exchange: ControlExchange, entries: Set<String>)] = []

  /// Gathers the metrics.
  let gather: @RotationActor () -> ServiceMetrics
  /// The last metrics, which who asks again within a second gets once more, and the boot time at which they were gathered.
  var metricsText: String?
  var metricsAt = TimeSpan.zero

  private let serviceUser = geteuid()
  private var path: String?
  private var listener: DescriptorWatch?
  private var connections: [ControlConnection] = []
  private var timer: BootTimer?

  init(
    services: RollServices, rotator: Rotator, feed: ControlFeed, startedAt: Timestamp,
    reload: @escaping @RotationActor () -> [String],
    gather: @escaping @RotationActor () -> ServiceMetrics
  ) {
    self.services = services
    self.rotator = rotator
    self.feed = feed
    self.reload = reload
    self.gather = gather
    self.startedAt = startedAt
  }

  /// Begins to listen at `path`.
  func open(_ path: String) throws(SystemError) {
    timer = try BootTimer { [weak self] in self?.closeIdle() }
    let socket = try ControlSocket.listen(at: path)
    self.path = path
    do throws(Errno) {
      listener = try DescriptorWatch(socket) { [weak self] in self?.accept() }
    } catch {
      throw SystemError("cannot listen at", path, code: error.code)
    }
    rotator.onProgress = { [weak self] progress in self?.tell(progress) }
  }

  /// Takes no more calls; removes the socket.
  func close() {
    if let path { try? Syscalls.unlink(path) }
    path = nil
    listener = nil
    timer?.cancel()
    for connection in connections { connection.close() }
  }
}

// MARK: - Connections

extension ControlServer {
  private func accept() {
    // A few at a time, for rolls have their turn in between.
    for _ in 0..<8 {
      guard let listener else { return }
      do throws(Errno) {
        admit(try Syscalls.accept(listener.rawValue))
      } catch {
        switch error.code {
        case EAGAIN: return
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: return shed(error)
        default: continue
        }
      }
    }
  }

  /// There is no room in the process or the system: an idle client goes, and without one the socket, for else its
  /// readiness would keep the service busy.
  private func shed(_ error: Errno) {
    if let victim = ControlAdmission.victim(occupants, newcomerMayChange: true) {
      return connections[victim].close()
    }
    let failure = SystemError("cannot accept a connection at", path, code: error.code)
    services.log.record(
      Event(.controlUnavailable, "The control socket is closed until a restart: \(failure)."))
    close()
  }

  private func admit(_ socket: consuming FileDescriptor) {
    do throws(Errno) {
      let peer = try ControlPeer(socket.rawValue)
      if connections.count >= ControlAdmission.limit {
        let mayChange = peer.mayChange(serviceUser: serviceUser)
        guard let victim = ControlAdmission.victim(occupants, newcomerMayChange: mayChange) else { return }
        connections[victim].close()
      }
      connections.append(
        try ControlConnection(
          socket, peer: peer, clock: services.clock, onCall: { [weak self] in self?.answer($0) },
          onClose: { [weak self] in self?.forget($0) }))
      armTimer()
    } catch {
      // The client is gone, or there is no room for it: it is turned away.
    }
  }

  private var occupants: [ControlAdmission.Occupant] {
    connections.map {
      ControlAdmission.Occupant(
        mayChange: $0.peer.mayChange(serviceUser: serviceUser), isIdle: $0.isWaitingForClient,
        lastActive: $0.lastActive)
    }
  }

  private func forget(_ connection: ControlConnection) {
    connections.removeAll { $0 === connection }
    watchers.removeAll { !$0.isOpen }
    if watchers.isEmpty { feed.watcher = nil }
    followers.removeAll { !$0.exchange.isOpen }
    if connections.isEmpty { timer?.cancel() }
  }

  /// One timer for all, and none without a client that is waited for.
  private func armTimer() {
    guard let timer, timer.deadline == nil else { return }
    let first = connections.filter(\.isWaitingForClient).map(\.lastActive).min()
    services.health.arm(timer, for: first.map { $0 + ControlAdmission.patience })
  }

  private func closeIdle() {
    let limit = services.clock.bootTime - ControlAdmission.patience
    for connection in connections where connection.isWaitingForClient && connection.lastActive <= limit {
      connection.close()
    }
    armTimer()
  }
}

// MARK: - Calls

extension ControlServer {
  private func answer(_ exchange: ControlExchange) {
    do throws(ControlError) {
      try dispatch(exchange)
    } catch {
      exchange.fail(error)
    }
    armTimer()
  }

  private func dispatch(_ exchange: ControlExchange) throws(ControlError) {
    let name = exchange.call.method
    guard let dot = name.lastIndex(of: ".") else { throw .methodNotFound(name) }
    let interface = String(name[..<dot])
    switch interface {
    case ControlInterface.serviceName: try answerService(exchange)
    case ControlInterface.name:
      guard let method = ControlMethod(rawValue: String(name[name.index(after: dot)...])) else {
        throw .methodNotFound(name)
      }
      guard !method.changes || exchange.peer.mayChange(serviceUser: serviceUser) else {
        throw .permissionDenied
      }
      try answer(exchange, method)
    default: throw .interfaceNotFound(interface)
    }
  }

  private func answer(_ exchange: ControlExchange, _ method: ControlMethod) throws(ControlError) {
    switch method {
    case .status: try status(exchange)
    case .entry: try entry(exchange)
    case .history: try history(exchange)
    case .watch: try watch(exchange)
    case .metrics: try metrics(exchange)
    case .roll: try roll(exchange)
    case .retry: try retry(exchange)
    case .runActions: try runActions(exchange)
    case .reload: try reload(exchange)
    case .pause: try pause(exchange)
    case .resume: try resume(exchange)
    }
  }

  private func answerService(_ exchange: ControlExchange) throws(ControlError) {
    switch exchange.call.method {
    case "\(ControlInterface.serviceName).GetInfo":
      try exchange.call.allow()
      exchange.reply { writer in
        for (key, value) in [
          ("vendor", "tokenroll"), ("product", "tokenroll"), ("version", Version.current),
          ("url", ControlInterface.url),
        ] {
          writer.key(key)
          writer.value(value)
        }
        writer.key("interfaces")
        writer.beginArray()
        writer.value(ControlInterface.serviceName)
        writer.value(ControlInterface.name)
        writer.endArray()
      }
    case "\(ControlInterface.serviceName).GetInterfaceDescription":
      try exchange.call.allow("interface")
      let interface = try exchange.call.required("interface")
      guard let description = ControlInterface.descriptions[interface] else {
        throw .interfaceNotFound(interface)
      }
      exchange.reply { writer in
        writer.key("description")
        writer.value(description)
      }
    default: throw .methodNotFound(exchange.call.method)
    }
  }
}
