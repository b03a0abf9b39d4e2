internal import Configuration
internal import Core
internal import Glibc
internal import Platform
internal import Store

/// Runs the programs that entries ask for, each once for what it is owed; no roll waits for it.
///
/// What is owed is in the state before anything is done about it, and stays there until the end of the run is in the state
/// too: a crash in between has the program run again.
@RotationActor final class ProgramQueue {
  /// Runs a program to its end; throws where it could not be started.
  typealias Run =
    @RotationActor (Program, ProgramDebt, ProgramRunner.Subject) async -> Result<
      ChildProcess.Outcome, SystemError
    >

  private let store: RollStore
  private let log: any EventSink
  private let clock: any Clock
  private let health: Health
  private let run: Run
  private var plan = ProgramPlan()
  /// By token, the programs that are running.
  private var tasks: [Int64: Task<Void, Never>] = [:]
  /// New secrets that programs have still to read, by token.
  private var secrets: [Int64: (roll: RollID?, secret: Secret)] = [:]
  private var isAtWork = false
  private var isStopping = false
  private var isCutShort = false
  private var stopTimer: BootTimer?
  private var idle: CheckedContinuation<Void, Never>?
  /// For whom the programs of a token are run; nil where the configuration has no entry for it.
  var subject: @RotationActor (Int64) -> ProgramRunner.Subject? = { _ in nil }
  /// Called with the token whenever a program began, failed or succeeded.
  var onChange: @RotationActor (Int64) -> Void = { _ in }

  /// A queue that runs nothing before `start`.
  init(store: RollStore, log: any EventSink, clock: any Clock, health: Health, run: @escaping Run) {
    self.store = store
    self.log = log
    self.clock = clock
    self.health = health
    self.run = run
  }

  /// A queue that runs programs.
  convenience init(store: RollStore, log: any EventSink, clock: any Clock, health: Health) {
    let runner = ProgramRunner(log: log)
    self.init(store: store, log: log, clock: clock, health: health) { program, debt, subject in
      do throws(SystemError) {
        return .success(try await runner.run(program, for: debt, subject))
      } catch {
        return .failure(error)
      }
    }
  }
}

// MARK: - What is owed

extension ProgramQueue {
  /// Takes up what a stop or a crash left owed.
  func load() throws(StoreError) {
    for item in try store.programs() { plan.restore(item) }
  }

  /// Begins to run programs.
  func start() {
    isAtWork = true
    work()
  }

  /// Begins no further program; what is owed is run after the next start.
  func stop() {
    isAtWork = false
    isStopping = true
  }

  /// Returns when no program runs any more; at the boot time `deadline` those that do are ended, to be run again.
  func finish(by deadline: TimeSpan) async {
    guard !tasks.isEmpty else { return }
    stopTimer = try? BootTimer { [weak self] in self?.cutShort() }
    if stopTimer == nil { cutShort() }
    health.arm(stopTimer, for: deadline)
    await withCheckedContinuation { idle = $0 }
    stopTimer?.cancel()
  }

  /// Has `debts` paid once each. Returns when that is durable; throws where it cannot be made so.
  ///
  /// `secret` is the new one, for the programs that read it.
  func owe(_ debts: [ProgramDebt], secret: Secret? = nil) throws(StoreError) {
    guard let first = debts.first else { return }
    let new = try store.keep(debts)
    if let secret, !new.isEmpty { secrets[first.token] = (first.roll, secret) }
    take(new)
  }

  /// Takes debts up that are in the state already.
  func take(_ debts: [ProgramDebt]) {
    for debt in debts { plan.owe(debt) }
    work()
  }

  /// Drops what the configuration does not ask for any more; a program that runs is not ended.
  func drop(unless isOwed: (ProgramDebt) -> Bool) {
    let dropped = plan.drop(unless: isOwed)
    guard !dropped.isEmpty else { return }
    do throws(StoreError) {
      try store.forget(dropped)
    } catch {
      // A debt that stays by mistake is dropped at the next start.
      log.record(Event(.stateNotWritten, "What is not to be run any more could not be forgotten: \(error)."))
    }
  }

  /// Has the programs of a token run again that failed, as an operator wishes; false where none did.
  func retry(_ token: Int64) -> Bool {
    guard plan.retry(token) else { return false }
    do throws(StoreError) {
      try store.retryPrograms(of: token)
    } catch {
      log.record(Event(.stateNotWritten, "That a program is to run again could not be kept: \(error)."))
    }
    work()
    return true
  }

  /// Whether a program waits or runs.
  var isBusy: Bool { plan.isBusy }

  /// The programs that failed last.
  var failing: Int { plan.failing }

  /// Where the programs of a token stand that are owed or failed.
  func items(of token: Int64) -> [ProgramPlan.Item] { plan.items(of: token) }

  /// Why the programs failed that are run for the new secret of a token; nil where none did.
  func trouble(of token: Int64) -> String? {
    plan.items(of: token).lazy.filter { $0.debt.occasion == .published }.compactMap { item in
      item.trouble.map { "\(item.debt.program): \($0)" }
    }.first
  }
}

// MARK: - Running

extension ProgramQueue {
  private func work() {
    while isAtWork, let debt = plan.begin() {
      tasks[debt.token] = RotationActor.task { await self.pay(debt) }
    }
  }

  private func pay(_ debt: ProgramDebt) async {
    guard let subject = subject(debt), let program = subject.entry.program(of: debt) else {
      // The configuration has just lost it.
      _ = plan.succeed(debt)
      forget(debt)
      return end(debt)
    }
    log.record(Event(.actionStarted, "Running \(debt.program).", debt))
    onChange(debt.token)
    let begun = clock.bootTime
    // No step of the service's health: one that cannot even be killed hangs by itself.
    let result = await run(program, debt, subject)
    if case .success(let outcome) = result, wasCutShort(outcome) {
      let message = "\(debt.program) was ended, for the service stops; it is run again after the next start."
      log.record(Event(.actionFailed, message, debt))
    } else {
      note(result, program, debt, took: clock.bootTime - begun)
    }
    end(debt)
  }

  /// Whether the stop of the service ended a program: the queue, or systemd, which may signal all processes of the unit.
  private func wasCutShort(_ outcome: ChildProcess.Outcome) -> Bool {
    isCutShort && outcome.wasTerminated || isStopping && outcome.ending == .signalled(SIGTERM)
  }

  private func subject(_ debt: ProgramDebt) -> ProgramRunner.Subject? {
    guard var subject = subject(debt.token) else { return nil }
    guard let new = secrets[debt.token] else { return subject }
    if let published = subject.secret { subject.others.append(published) }
    subject.secret = new.secret
    return subject
  }

  private func note(
    _ result: Result<ChildProcess.Outcome, SystemError>, _ program: Program, _ debt: ProgramDebt,
    took duration: TimeSpan
  ) {
    let (words, isGood) = Self.judge(result, program)
    do throws(StoreError) {
      try store.end(debt, words, trouble: isGood ? nil : words, at: clock.now)
    } catch {
      let message = "How \(debt.program) ended could not be kept: \(error); a restart runs it again."
      log.record(Event(.stateNotWritten, message, debt))
    }
    var event: Event
    if isGood {
      let failures = plan.succeed(debt)
      event =
        failures == 0
        ? Event(.actionFinished, "Ran \(debt.program).", debt)
        : Event(.actionRecovered, "Ran \(debt.program) with success, after \(failures) failed runs.", debt)
    } else {
      plan.fail(debt, words)
      let state =
        debt.occasion == .published ? "The new secret is published, and nothing is rolled for that. " : ""
      event = Event(
        .actionFailed,
        "\(debt.program) failed: \(words). \(state)It is not run again by itself: mend the cause, then "
          + "`tokenroll retry \(debt.entry)`.", debt)
    }
    event.duration = duration
    if case .success(let outcome) = result, case .exited(let status) = outcome.ending {
      event.exitStatus = status
    }
    log.record(event)
  }

  /// How a program ended, in words, and whether that was well.
  static func judge(
    _ result: Result<ChildProcess.Outcome, SystemError>, _ program: Program
  ) -> (words: String, isGood: Bool) {
    switch result {
    case .failure(let error): return (error.description, false)
    case .success(let outcome):
      if outcome.wasTerminated { return ("ended after its time limit of \(program.timeout)", false) }
      switch outcome.ending {
      case .exited(let status): return ("exit status \(status)", status == 0)
      case .signalled(let signal): return ("killed by signal \(signal)", false)
      }
    }
  }

  private func end(_ debt: ProgramDebt) {
    tasks[debt.token] = nil
    if !plan.items(of: debt.token).contains(where: { $0.stage != .failed }) { secrets[debt.token] = nil }
    onChange(debt.token)
    work()
    guard tasks.isEmpty else { return }
    idle?.resume()
    idle = nil
  }

  private func forget(_ debt: ProgramDebt) {
    do throws(StoreError) {
      try store.forget([debt])
    } catch {
      log.record(Event(.stateNotWritten, "What is not to be run any more could not be forgotten: \(error)."))
    }
  }

  private func cutShort() {
    isCutShort = true
    for task in tasks.values { task.cancel() }
  }
}

extension Entry {
  /// The program that `debt` is about; nil where the entry does not ask for it.
  func program(of debt: ProgramDebt) -> Program? {
    programs(for: debt.occasion).first { $0.line == debt.program }
  }

  /// The programs that are run on an occasion.
  func programs(for occasion: ProgramOccasion) -> [Program] {
    switch occasion {
    case .published: run
    case .failure: onFailure
    case .recovery: onRecovery
    }
  }

  /// What is owed on an occasion, for a token of the entry.
  func debts(
    on occasion: ProgramOccasion, token: Int64, roll: RollID?, reason: String? = nil
  ) -> [ProgramDebt] {
    programs(for: occasion).map {
      ProgramDebt(
        program: $0.line, occasion: occasion, token: token, entry: name, roll: roll, reason: reason)
    }
  }
}
