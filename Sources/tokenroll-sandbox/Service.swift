import Dispatch
import Synchronization

/// The sandbox's state under its one lock, and what is done with each request.
final class Service: Sendable {
  /// Everything that requests change.
  struct State: Sendable {
    var api: API
    var faults: FaultPlan
    var history = History()
    var waits: [Wait] = []
    var lastWait = 0

    /// The waits that need not wait any longer, with their answers.
    fileprivate mutating func takeMetWaits() -> [(Wait, Answer)] {
      guard !waits.isEmpty else { return [] }
      var met: [(Wait, Answer)] = []
      var left: [Wait] = []
      for wait in waits {
        let progress = Wait.progress(wait.condition, in: self)
        if progress.isMet {
          met.append((wait, Admin.waited(progress)))
        } else {
          left.append(wait)
        }
      }
      waits = left
      return met
    }
  }

  /// How a request goes on.
  enum Disposition: Sendable {
    case now(Answer)
    /// The exchange is suspended, and then this is done, which resolves it.
    case later(@Sendable () -> Void)
  }

  let queue = DispatchQueue(label: "tokenroll-sandbox", attributes: .concurrent)
  let log: Log
  private let state: Mutex<State>
  private let file: StateFile?
  private let suspended = Mutex<[ObjectIdentifier: Exchange]>([:])

  init(api: API, faults: FaultPlan, file: StateFile?, log: Log) {
    state = Mutex(State(api: api, faults: faults))
    self.file = file
    self.log = log
  }

  func handle(_ request: Request, _ exchange: Exchange) -> Disposition {
    if request.path == "/admin" || request.path.hasPrefix("/admin/") {
      return Admin(service: self).handle(request, exchange)
    }
    let route = Route(method: request.method, path: request.path)
    let now = Instant.now()
    let (number, taken, answer) = change { state in
      let (number, taken) = Self.arrive(request, route, at: now, in: &state)
      guard taken == nil else { return (number, taken, Answer?.none) }
      let answer = state.api.answer(request, route, at: now)
      state.history.end(number, status: answer.status)
      return (number, nil, answer)
    }
    if let taken {
      return .later { self.misbehave(request, route, number, taken.id, taken.fault, exchange) }
    }
    let sent = answer ?? .failure(500, .init(code: 10001, text: "no answer"))
    logEnd(request, status: sent.status, fault: nil)
    return .now(sent)
  }

  /// Notes the request and finds the fault for it.
  private static func arrive(
    _ request: Request, _ route: Route, at now: Instant, in state: inout State
  ) -> (number: Int, taken: (id: Int, fault: Fault)?) {
    var bearer: String?
    if case .secret(let secret) = Bearer(header: request.authorization) {
      bearer = state.api.directory.place(ofSecret: secret)?.token
    }
    guard case .call(let call, let account, let token) = route else {
      let number = state.history.begin(request, nil, account: nil, token: nil, bearer: bearer, at: now)
      return (number, nil)
    }
    let subject = call == .verify ? bearer : token
    let number = state.history.begin(request, call, account: account, token: subject, bearer: bearer, at: now)
    let taken = state.faults.take(call, account: account, token: subject)
    if let taken { state.history.change(number) { $0.fault = taken.id } }
    return (number, taken)
  }

  private func logEnd(_ request: Request, status: Int?, fault: Int?) {
    log.detail(
      "\(request.method) \(Log.printable(request.path)) \(status.map { "\($0)" } ?? "-") \(request.ray)"
        + (fault.map { " fault \($0)" } ?? ""))
  }
}

// MARK: - State

extension Service {
  /// Changes the state, saves it where that is asked for, and wakes who waited for the change.
  func change<Value: Sendable>(_ body: (inout State) -> Value) -> Value {
    let (value, met, isDirty, changes) = state.withLock { state in
      let before = state.api.changes
      let value = body(&state)
      return (value, state.takeMetWaits(), state.api.changes > before, state.api.changes)
    }
    if isDirty, let file {
      do {
        try file.save(changes) {
          state.withLock { ($0.api.directory.fixture(at: .now()), $0.api.changes) }
        }
      } catch {
        log.error("\(error); the change is kept in memory alone")
      }
    }
    for (wait, answer) in met { wait.exchange.resolve(.answer(answer)) }
    return value
  }

  /// Marks an exchange as suspended, so that a stop finds it.
  func track(_ exchange: Exchange) { suspended.withLock { $0[ObjectIdentifier(exchange)] = exchange } }

  func untrack(_ exchange: Exchange) {
    suspended.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(exchange)) }
  }

  /// Ends every exchange that waits for something.
  func dropSuspended() {
    for exchange in suspended.withLock({ Array($0.values) }) { exchange.resolve(.drop) }
  }
}

// MARK: - Faults

extension Service {
  private func misbehave(
    _ request: Request, _ route: Route, _ number: Int, _ id: Int, _ fault: Fault, _ exchange: Exchange
  ) {
    after(fault.delayBefore) {
      let answer = fault.commitment == .atOnce ? self.perform(request, route) : nil
      self.after(fault.delayAfter) {
        if case .late(let milliseconds) = fault.commitment {
          self.after(milliseconds) { self.performLate(request, route, number) }
        }
        let delivery = Delivery(fault, answer, ray: request.ray)
        let status = delivery.status(of: fault, answer)
        self.deliver(delivery, on: exchange) {
          self.change { $0.history.end(number, status: status) }
          self.logEnd(request, status: status, fault: id)
        }
      }
    }
  }

  private func after(_ milliseconds: Int, _ body: @escaping @Sendable () -> Void) {
    guard milliseconds > 0 else { return queue.async(execute: body) }
    queue.asyncAfter(deadline: .now() + .milliseconds(milliseconds), execute: body)
  }

  private func perform(_ request: Request, _ route: Route) -> Answer {
    change { $0.api.answer(request, route, at: .now()) }
  }

  private func performLate(_ request: Request, _ route: Route, _ number: Int) {
    change { state in
      let now = Instant.now()
      _ = state.api.answer(request, route, at: now)
      state.history.change(number) { $0.lateAt = now }
    }
    log.detail("\(request.method) \(Log.printable(request.path)) took effect late \(request.ray)")
  }

  private func deliver(_ delivery: Delivery, on exchange: Exchange, done: @escaping @Sendable () -> Void) {
    switch delivery {
    case .answer(let answer):
      done()
      exchange.resolve(.answer(answer))
    case .script(let script):
      script.run(on: exchange, queue: queue, done: done)
    case .hang(let milliseconds):
      hang(exchange, until: milliseconds.map { .now() + .milliseconds($0) } ?? .distantFuture, done: done)
    }
  }

  /// Keeps the connection open until `end`, or until the client has gone.
  private func hang(_ exchange: Exchange, until end: DispatchTime, done: @escaping @Sendable () -> Void) {
    guard exchange.hold() else { return done() }
    let isOver = DispatchTime.now() >= end || RawScript.isPeerGone(exchange.connection)
    if isOver {
      done()
      exchange.release()
    } else {
      exchange.unhold()
      queue.asyncAfter(deadline: min(end, .now() + .milliseconds(100))) {
        self.hang(exchange, until: end, done: done)
      }
    }
  }
}
