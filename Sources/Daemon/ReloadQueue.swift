internal import Core
internal import Platform
internal import Store
internal import Systemd

/// Has the units reloaded that consume new secrets, again and again until it works; no roll waits for it.
///
/// What is owed is in the state before anything is done about it, and stays there until the reload has succeeded, so
/// that a unit is reloaded at least once for each secret, whatever happens to the service.
@RotationActor final class ReloadQueue {
  private let store: RollStore
  private let log: any EventSink
  private let clock: any Clock
  private let health: Health
  private let reload: @RotationActor (String) async -> SystemdError?
  private var plan = ReloadPlan()
  private var timer: BootTimer?
  private var isAtWork = false
  /// Called whenever a unit came into trouble, or out of it.
  var onChange: @RotationActor () -> Void = {}
  /// Called with the tokens that a unit in trouble, or out of it, is reloaded for.
  var onStanding: @RotationActor (Set<Int64>) -> Void = { _ in }

  /// The longest that a job of systemd is waited for; its own limit for a reload is 90 s unless a unit says otherwise.
  private static let timeLimit = TimeSpan.minutes(2)

  /// A queue that reloads nothing before `start`; `reload` says why it failed.
  init(
    store: RollStore, log: any EventSink, clock: any Clock, health: Health,
    reload: @escaping @RotationActor (String) async -> SystemdError?
  ) throws(SystemError) {
    self.store = store
    self.log = log
    self.clock = clock
    self.health = health
    self.reload = reload
    timer = try BootTimer { [weak self] in self?.work() }
  }

  /// A queue that asks systemd on the system bus.
  convenience init(
    store: RollStore, log: any EventSink, clock: any Clock, health: Health
  ) throws(SystemError) {
    let reloader = UnitReloader(timeLimit: Self.timeLimit)
    try self.init(store: store, log: log, clock: clock, health: health) { unit in
      do throws(SystemdError) {
        try await reloader.reload(unit)
        return nil
      } catch {
        return error
      }
    }
  }
}

// MARK: - What is owed

extension ReloadQueue {
  /// Takes up what a stop or a crash left owed.
  func load() throws(StoreError) {
    for debt in try store.reloadDebts() { plan.owe(debt, at: clock.bootTime) }
  }

  /// Begins to reload.
  func start() {
    isAtWork = true
    work()
  }

  /// Begins no further reload; what is owed is made good after the next start.
  func stop() {
    isAtWork = false
    timer?.cancel()
  }

  /// Has `units` reloaded for the new secret of a token. Returns when that is durable; throws where it cannot be made so.
  func owe(_ units: [String], entry: String, token row: Int64, roll: RollID) throws(StoreError) {
    guard !units.isEmpty else { return }
    let debts = units.map { ReloadDebt(unit: $0, token: row, entry: entry, roll: roll) }
    try store.keep(debts)
    for debt in debts { plan.owe(debt, at: clock.bootTime) }
    work()
  }

  /// Drops what the configuration does not ask for any more.
  func drop(unless isOwed: (ReloadDebt) -> Bool) {
    forget(plan.drop(unless: isOwed))
    onChange()
  }

  /// Has what is owed to a token tried at once where it waits after a failure, as an operator wishes; false where
  /// nothing does.
  func hasten(_ units: [String], token row: Int64) -> Bool {
    guard plan.hasten(row, units, at: clock.bootTime) else { return false }
    work()
    return true
  }

  /// Whether a unit waits for its reload.
  var owes: Bool { plan.wake != nil }

  /// The units whose last reload failed.
  var failing: Int { plan.failing }

  /// Those of `units` that were not reloaded yet for the last secret of a token.
  func unreloaded(_ units: [String], token row: Int64) -> [EntryState.Unreloaded] {
    units.compactMap { name in
      guard let (unit, due) = plan.debtor(name, to: row) else { return nil }
      let next = due.map { clock.now + max($0 - clock.bootTime, .zero) }
      return EntryState.Unreloaded(
        unit: name, failures: unit.failures, trouble: unit.trouble, nextAttempt: next)
    }
  }

  /// A debt that stays in the state by mistake costs a needless reload after the next start, and nothing else.
  private func forget(_ debts: [ReloadDebt]) {
    guard !debts.isEmpty else { return }
    do throws(StoreError) {
      try store.forget(debts)
    } catch {
      log.record(
        Event(
          .stateNotWritten,
          "That a unit was reloaded could not be kept: \(error); a restart reloads it again."))
    }
  }
}

// MARK: - Reloading

extension ReloadQueue {
  private func work() {
    guard isAtWork else { return }
    while let unit = plan.begin(at: clock.bootTime) {
      RotationActor.task { await self.pay(unit) }
    }
    health.arm(timer, for: plan.wake)
  }

  private func pay(_ unit: String) async {
    let begun = clock.bootTime
    let step = health.begin("reloading \(unit)", within: Self.timeLimit + .seconds(30))
    let failure = await reload(unit)
    health.end(step)
    if let failure {
      note(failure, unit)
    } else {
      let (paid, failures) = plan.succeed(unit, at: clock.bootTime)
      forget(paid)
      report(unit, paid, took: clock.bootTime - begun, after: failures)
      if failures > 0 { onStanding(Set(paid.map(\.token))) }
    }
    onChange()
    work()
  }

  private func note(_ failure: SystemdError, _ unit: String) {
    let policy: RetryPolicy =
      switch failure.kind {
      // Somebody has to mend that.
      case .denied, .noSuchUnit: .transient
      case .noBus, .jobFailed, .timedOut, .other: .urgent
      }
    let failed = plan.fail(
      unit, failure.description, policy: policy, random: .random(in: .min ... .max), at: clock.bootTime)
    if let failed { onStanding(Set(failed.unit.debts.keys)) }
    // Each of the first attempts, and then ever fewer.
    guard let failed, failed.unit.failures & (failed.unit.failures - 1) == 0 else { return }
    var event = Event(
      .actionFailed,
      "The new secret is published, but its consumers may be down until they read it: \(failure). "
        + "The next attempt is in \(failed.wait.abbreviated).")
    event.attempt = failed.unit.failures
    event.errno = failure.code == 0 ? nil : failure.code
    record(event, unit, Array(failed.unit.debts.values))
  }

  private func report(_ unit: String, _ paid: [ReloadDebt], took duration: TimeSpan, after failures: Int) {
    var event =
      failures == 0
      ? Event(.actionFinished, "Reloaded \(unit).")
      : Event(
        .actionRecovered,
        "Reloaded \(unit) after \(failures) failed \(failures == 1 ? "attempt" : "attempts").")
    event.attempt = failures + 1
    event.duration = duration
    record(event, unit, paid)
  }

  /// Records an event for each of the entries that it is about.
  private func record(_ event: Event, _ unit: String, _ debts: [ReloadDebt]) {
    var event = event
    event.unit = unit
    for debt in debts.sorted(by: { $0.entry < $1.entry }) {
      event.entry = debt.entry
      event.rollID = debt.roll.description
      log.record(event)
    }
  }
}
