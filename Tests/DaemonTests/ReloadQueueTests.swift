import Core
import Platform
import Store
import Synchronization
import Systemd
import TestSupport
import Testing

@testable import Daemon

/// The queue over a real store; a stand-in for the bus decides what becomes of each reload.
@RotationActor @Suite(.timeLimit(.minutes(1))) struct ReloadQueueTests {
  private static let machine = "0123456789abcdef0123456789abcdef"
  private static let denied = SystemdError(.denied, "cannot reload", "caddy.service", reason: "access denied")
  private let directory: TemporaryDirectory
  private let clock = SystemClock()
  private let events = Events()
  private let token: Int64

  init() throws {
    directory = try TemporaryDirectory(in: "/dev/shm")
    let store = try RollStore(directory: directory.path, machineID: Self.machine)
    token = try #require(try store.enroll([("account", "a")], at: Timestamp(seconds: 7)).first).row
  }

  /// The events so far, to wait for.
  private final class Events: EventSink {
    let (stream, continuation) = AsyncStream<Event>.makeStream()
    func record(_ event: Event) { continuation.yield(event) }

    func next(_ kind: EventKind) async throws -> Event {
      try #require(await stream.first { $0.kind == kind })
    }
  }

  /// What the queue asked for, and what it is answered.
  @RotationActor private final class Bus {
    private(set) var units: [String] = []
    /// What the first reloads are answered; what comes after them is held until `open`, and succeeds.
    private var failures: [SystemdError]
    private var isOpen: Bool
    private var held: [CheckedContinuation<Void, Never>] = []

    init(failing failures: [SystemdError] = []) {
      self.failures = failures
      isOpen = failures.isEmpty
    }

    func reload(_ unit: String) async -> SystemdError? {
      units.append(unit)
      if !failures.isEmpty { return failures.removeFirst() }
      if !isOpen { await withCheckedContinuation { held.append($0) } }
      return nil
    }

    func open() {
      isOpen = true
      for continuation in held { continuation.resume() }
      held = []
    }
  }

  private func queue(_ bus: Bus) throws -> ReloadQueue {
    let queue = try ReloadQueue(
      store: try RollStore(directory: directory.path, machineID: Self.machine), log: events, clock: clock,
      health: Health(clock: clock)
    ) { unit in
      await bus.reload(unit)
    }
    try queue.load()
    return queue
  }

  private func debts() throws -> [ReloadDebt] {
    try RollStore(directory: directory.path, machineID: Self.machine).reloadDebts()
  }

  private func roll(_ number: UInt64) -> RollID { RollID(high: 1, low: number) }

  @Test func whatIsOwedOutlivesTheService() async throws {
    let bus = Bus()
    let first = try queue(bus)
    // It is stopped before it has reloaded anything.
    try first.owe(["caddy.service", "web.service"], entry: "edge", token: token, roll: roll(1))
    #expect(try debts().map(\.unit) == ["caddy.service", "web.service"])
    #expect(bus.units.isEmpty)

    let second = try queue(bus)
    #expect(second.owes)
    second.start()
    for unit in ["caddy.service", "web.service"] {
      let event = try await events.next(.actionFinished)
      #expect(event.unit == unit)
      #expect(event.entry == "edge")
      #expect(event.rollID == roll(1).description)
    }
    #expect(bus.units == ["caddy.service", "web.service"])
    #expect(try debts().isEmpty)
    #expect(!second.owes)
    #expect(second.unreloaded(["caddy.service"], token: token).isEmpty)
  }

  @Test func aFailureIsToldAndStaysOwedUntilItWorks() async throws {
    let bus = Bus(failing: [Self.denied])
    let queue = try queue(bus)
    queue.start()
    try queue.owe(["caddy.service"], entry: "edge", token: token, roll: roll(1))
    let failure = try await events.next(.actionFailed)
    #expect(failure.message.contains("cannot reload caddy.service: access denied. The next attempt is in "))
    #expect(failure.attempt == 1)
    #expect(queue.failing == 1)
    let unreloaded = try #require(queue.unreloaded(["caddy.service"], token: token).first)
    #expect(unreloaded.failures == 1)
    #expect(unreloaded.trouble == Self.denied.description)
    // It may have begun by now, where it waits at the bus.
    let isTriedAgain = bus.units.count > 1
    #expect((unreloaded.nextAttempt == nil) == isTriedAgain)
    #expect(try debts().count == 1)

    #expect(queue.hasten(["caddy.service"], token: token) == !isTriedAgain)
    bus.open()
    let recovery = try await events.next(.actionRecovered)
    #expect(recovery.unit == "caddy.service")
    #expect(recovery.attempt == 2)
    #expect(queue.failing == 0)
    #expect(try debts().isEmpty)
  }

  @Test func whatTheConfigurationDoesNotAskForIsForgotten() throws {
    let queue = try queue(Bus())
    try queue.owe(["caddy.service", "web.service"], entry: "edge", token: token, roll: roll(1))
    queue.drop { $0.unit == "web.service" }
    #expect(try debts().map(\.unit) == ["web.service"])
    queue.drop { _ in false }
    #expect(try debts().isEmpty)
    #expect(!queue.owes)
  }

  @Test func theListIsReadAsThePolkitRuleReadsIt() {
    let text = "# by hand\n\ncaddy.service\r\n  web.service  try-restart  # at the start\n#x.service\n"
    #expect(ReloadUnits.units(in: text) == ["caddy.service", "web.service"])
  }
}
