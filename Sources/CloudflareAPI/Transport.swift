internal import CCurl
internal import Core
internal import Dispatch
internal import Platform

/// Makes requests through libcurl, driven by Dispatch on a queue of its own: no thread waits for them, and what TLS costs is
/// paid beside the rotation queue. Nothing is decided there.
///
/// Connections are kept while requests follow one another, and closed once none has been under way for
/// `idleTime`: an idle service has no socket open and no timer running.
actor Transport {
  private let executor = QueueExecutor(label: "tokenroll.requests")
  private let settings: TransportSettings
  private let idleTime: DispatchTimeInterval
  private var engine: Engine?
  private var active: [UnsafeMutableRawPointer: (easy: EasyHandle, exchange: Exchange)] = [:]
  private var waiting: [Exchange] = []
  private var spare: [EasyHandle] = []
  private var isShutDown = false
  /// For when the timer is armed while requests are under way.
  private var deadline = DispatchTime.distantFuture

  init(_ settings: TransportSettings, idleTime: DispatchTimeInterval) {
    self.settings = settings
    self.idleTime = idleTime
  }

  /// The queue as an executor.
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Makes the request; its time limit counts from when one of the connections is free for it.
  nonisolated(nonsending) func perform(_ request: Request) async -> Reply {
    let start = DispatchTime.now()
    return await withCheckedContinuation { waiter in
      enqueue { $0.begin(Exchange(request, since: start, waiter)) }
    }
  }

  /// Breaks off what is under way and closes every connection; every request from now on fails.
  nonisolated func shutDown() { enqueue { $0.close() } }

  /// Everything happens in the order in which it was asked for.
  private nonisolated func enqueue(_ body: @escaping @Sendable (isolated Transport) -> Void) {
    executor.queue.async { self.assumeIsolated(body) }
  }

  private func begin(_ exchange: Exchange) {
    waiting.append(exchange)
    pump()
  }

  private func close() {
    isShutDown = true
    for (easy, exchange) in active.values {
      engine?.multi.remove(easy)
      exchange.finish(.shutDown)
    }
    active = [:]
    pump()
    stopEngine()
  }
}

// MARK: - The loop

extension Transport {
  /// Begins what waits, ends what is over, and sets the timer: after every event.
  private func pump() {
    repeat {
      startWaiting()
      expireIfDue()
      endFinished()
    } while !waiting.isEmpty && (isShutDown || active.count < settings.maxConnections)
    setTimer()
  }

  private func startWaiting() {
    while let exchange = waiting.first, isShutDown || active.count < settings.maxConnections {
      waiting.removeFirst()
      if isShutDown { exchange.finish(.shutDown) } else { start(exchange) }
    }
  }

  private func start(_ exchange: Exchange) {
    guard let engine = engine ?? startEngine(), let easy = spare.popLast() ?? EasyHandle() else {
      return exchange.finish(.failed("libcurl cannot be started: out of memory or of file descriptors"))
    }
    let code = easy.prepare(for: exchange, settings)
    guard code == CURLE_OK else {
      exchange.finish(code, detail: "libcurl refuses an option: \(easy.describe(code))")
      return easy.reset()
    }
    active[easy.handle] = (easy, exchange)
    guard engine.multi.add(easy) else {
      active[easy.handle] = nil
      return exchange.finish(.failed("libcurl does not take the request"))
    }
  }

  /// A time limit of zero means at once: the usual case for a request that was just added.
  private func expireIfDue() {
    guard let multi = engine?.multi, multi.isTimeoutNew, multi.timeout == 0 else { return }
    multi.isTimeoutNew = false
    multi.expire()
  }

  private func endFinished() {
    engine?.multi.forEachFinished { handle, code in finish(handle, code) }
  }

  private func finish(_ handle: UnsafeMutableRawPointer, _ code: CURLcode) {
    guard let (easy, exchange) = active.removeValue(forKey: handle) else { return }
    engine?.multi.remove(easy)
    let detail = easy.describe(code)
    easy.reset()
    spare.append(easy)
    exchange.finish(code, detail: detail)
  }

  private func setTimer() {
    guard let engine else { return }
    if active.isEmpty {
      engine.timer.schedule(deadline: .now() + idleTime, leeway: .milliseconds(100))
      deadline = .distantFuture
    } else if engine.multi.isTimeoutNew {
      engine.multi.isTimeoutNew = false
      let timeout = engine.multi.timeout
      let wanted = timeout < 0 ? DispatchTime.distantFuture : .now() + .milliseconds(timeout)
      // One that comes too early asks libcurl anew; to put the timer off at each of many requests is what costs.
      guard wanted < deadline else { return }
      deadline = wanted
      engine.timer.schedule(deadline: wanted, leeway: .milliseconds(1))
    }
  }

  private func timerFired() {
    deadline = .distantFuture
    guard !active.isEmpty else { return stopEngine() }
    engine?.multi.expire()
    engine?.multi.renewTimeout()
    pump()
  }

  private func socketsReady() {
    engine?.multi.turn()
    pump()
  }
}

// MARK: - Start and end of libcurl

extension Transport {
  private func startEngine() -> Engine? {
    guard let multi = MultiHandle(maxConnections: settings.maxConnections) else { return nil }
    let engine = Engine(
      multi, on: executor.queue,
      socketsReady: { [weak self] in self?.assumeIsolated { $0.socketsReady() } },
      timerFired: { [weak self] in self?.assumeIsolated { $0.timerFired() } })
    self.engine = engine
    deadline = .distantFuture
    return engine
  }

  private func stopEngine() {
    engine = nil
    spare = []
  }
}
