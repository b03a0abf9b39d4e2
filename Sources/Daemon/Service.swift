internal import CloudflareAPI
internal import Configuration
public import Core
internal import Dispatch
internal import Glibc
public import Platform
public import Systemd

/// The service as a whole: start, reload, stop, and what systemd hears of it.
@RotationActor public final class Service {
  /// What the command line says.
  public struct Options: Sendable {
    /// The configuration's path.
    public var configurationFile: String
    /// How events are written.
    public var logFormat: EventLog.Format
    /// The least grave events that are written.
    public var logLevel: Priority

    /// Options of these parts.
    public init(configurationFile: String, logFormat: EventLog.Format, logLevel: Priority) {
      self.configurationFile = configurationFile
      self.logFormat = logFormat
      self.logLevel = logLevel
    }
  }

  /// The longest that a stop is put off for a secret of which there is no durable copy.
  private static let longestStop = TimeSpan.minutes(10)
  /// What a program that has to be ended may take for that.
  private static let programGrace = TimeSpan.seconds(30)

  private let options: Options
  private let log: ControlFeed
  private let notifier = Notifier()
  private let clock = SystemClock()
  private let workplace: Workplace
  private let startedAt: Timestamp
  private var control: ControlServer?
  private var metricsFile: MetricsFile?
  private var lastReload: LastReload
  private var proofs = 0
  private var stopped: CheckedContinuation<Void, Never>?
  private var isStopping = false
  private var services: RollServices { workplace.services }
  private var rotator: Rotator { workplace.rotator }
  private var lastStatus = ""
  private var isChangeNoted = false
  private var stopLimit = TimeSpan.zero
  private var stopTimer: BootTimer?

  /// Runs the service until SIGTERM or SIGINT; throws where it could not start.
  public static func run(_ options: Options) async throws(ServiceFailure) {
    let log = EventLog.choose(format: options.logFormat, minimumPriority: options.logLevel)
    do throws(ServiceFailure) {
      let service = try Service(options, ControlFeed(log))
      try await service.work()
    } catch {
      let kind = error.kind == .configuration ? EventKind.configurationRefused : .startFailed
      for line in error.description.split(separator: "\n") { log.record(Event(kind, String(line))) }
      throw error
    }
  }

  private init(_ options: Options, _ log: ControlFeed) throws(ServiceFailure) {
    self.options = options
    self.log = log
    startedAt = clock.now
    lastReload = LastReload(isAccepted: true, time: startedAt)
    try Workplace.prepareProcess()
    do {
      workplace = try Workplace(
        try ConfigurationFile.load(options.configurationFile),
        credentials: CredentialReader(directory: CredentialsDirectory.current), log: log,
        awakeSince: startedAt)
    } catch {
      throw ServiceFailure(error)
    }
  }

  private func work() async throws(ServiceFailure) {
    let signals = SignalSource([SIGHUP, SIGTERM, SIGINT]) { [weak self] in self?.receive($0) }
    await signals.activate()
    let unfinished: Rotator.Unfinished
    let clockWatch: ClockWatch
    let watchdog: Watchdog
    do {
      unfinished = try rotator.load()
      clockWatch = try ClockWatch { [weak self] in self?.clockWasSet() }
      watchdog = try makeWatchdog()
      metricsFile = try makeMetricsFile()
    } catch {
      throw ServiceFailure(error)
    }
    workplace.removeLeftovers()
    let proof = prove()
    // A secret in escrow, or an uncertain roll, is brought to its end all the same, and so is an action that is owed.
    let owesActions = services.reloads.owes || services.programs.isBusy
    if !proof.findings.isEmpty, unfinished.rolls.isEmpty, !owesActions,
      proof.obstacles.count == services.configuration.tokens.count(where: \.enabled)
    {
      throw ServiceFailure(
        kind: .unavailable,
        description: "no entry could be rolled as things stand; see the messages before this one")
    }
    rotator.onChange = { [weak self] in self?.noteChange() }
    services.reloads.onChange = { [weak self] in self?.noteChange() }
    openControl()
    rotator.start(unfinished)
    metricsFile?.use(services.configuration.metrics)
    watchdog.start()
    // Much that was needed for the start is not any more.
    Heap.giveBackFreeMemory()
    log.record(
      Event(.serviceReady, "tokenroll \(Version.current) is at work: \(rotator.summary.line(at: clock.now)).")
    )
    tell { (notifier) throws(SystemdError) in try notifier.ready(status: statusLine) }
    if !isStopping { await withCheckedContinuation { stopped = $0 } }
    await stop()
    await metricsFile?.finish()
    control?.close()
    watchdog.stop()
    clockWatch.cancel()
    withExtendedLifetime((signals, workplace.lock)) {}
  }

  /// Rolls go on without the socket: one that cannot be opened shows in the log.
  private func openControl() {
    let server = ControlServer(
      services: services, rotator: rotator, feed: log, startedAt: startedAt,
      reload: { [weak self] in self?.reload() ?? [] }, gather: { [unowned self] in metrics })
    do throws(SystemError) {
      try server.open(ControlSocket.path(stateDirectory: services.configuration.stateDirectory))
      control = server
    } catch {
      log.record(Event(.controlUnavailable, "The commands that talk to the service do not work: \(error)."))
    }
  }

  /// Once a turn of the queue: in a burst much changes in one.
  private func noteChange() {
    guard !isChangeNoted else { return }
    isChangeNoted = true
    RotationActor.shared.queue.async {
      RotationActor.assumeIsolated {
        self.isChangeNoted = false
        self.updateStatus()
        self.metricsFile?.noteChange()
      }
    }
  }

  private var metrics: ServiceMetrics {
    ServiceMetrics(
      rotator, events: log.totals, startedAt: startedAt, lastReload: lastReload)
  }

  private func makeMetricsFile() throws(SystemError) -> MetricsFile {
    try MetricsFile(services: services) { [unowned self] in
      // What nobody does: a budget is whole again, a pause is over.
      let changes = [services.gate.restoredAt, rotator.pauseEndsAt].compactMap(\.self)
      return (metrics, changes.min())
    }
  }

  private func makeWatchdog() throws(SystemdError) -> Watchdog {
    Watchdog(
      interval: try Watchdog.configuredInterval(),
      feed: { [weak self] in
        self?.tell { (notifier) throws(SystemdError) in try notifier.feedWatchdog() }
        self?.updateStatus()
      },
      isHealthy: { [weak self] in self?.services.health.overdue },
      onWithheld: { [weak self] reason in
        self?.log.record(
          Event(
            .watchdogWithheld,
            "The watchdog is not fed any more, and systemd will restart the service: \(reason)."))
      })
  }

  private func receive(_ signal: Int32) {
    guard signal != SIGHUP else {
      reload()
      return
    }
    guard !isStopping else { return }
    isStopping = true
    stopped?.resume()
    stopped = nil
  }

  private func clockWasSet() {
    services.readiness.forgetClock()
    log.record(Event(.clockStepped, "The clock was set; the plan is made anew."))
    rotator.clockWasSet()
  }
}

// MARK: - Reload

extension Service {
  /// Reads the configuration again; returns why it was refused, and nothing where it is in use.
  @discardableResult private func reload() -> [String] {
    guard !isStopping else { return ["the service is stopping"] }
    tell { (notifier) throws(SystemdError) in try notifier.reloading() }
    // Whatever happens, systemd is told that the reload is over.
    defer { tell { (notifier) throws(SystemdError) in try notifier.ready(status: statusLine) } }
    // Once the text of the configuration and the entries from before are gone.
    defer { Heap.giveBackFreeMemory() }
    lastReload = LastReload(isAccepted: true, time: clock.now)
    defer { metricsFile?.use(services.configuration.metrics) }
    do {
      let configuration = try ConfigurationFile.load(options.configurationFile)
      guard configuration.stateDirectory == services.configuration.stateDirectory else {
        throw ServiceFailure(
          kind: .configuration,
          description:
            "\(options.configurationFile): state_directory cannot be changed by a reload; restart the service"
        )
      }
      let problems = TemplateFile.problems(in: configuration)
      guard problems.isEmpty else {
        throw ServiceFailure(kind: .configuration, description: problems.joined(separator: "\n"))
      }
      try take(configuration)
    } catch {
      lastReload.isAccepted = false
      let problems = ServiceFailure(error).description.split(separator: "\n").map(String.init)
      for line in problems {
        log.record(Event(.configurationRefused, "\(line) (the configuration in use stays)"))
      }
      return problems
    }
    return []
  }

  private func take(_ configuration: Configuration) throws {
    let former = services.configuration
    if configuration.api != former.api { services.issuer = try CloudflareClient(configuration.api) }
    services.configuration = configuration
    do {
      try rotator.reload()
    } catch {
      services.configuration = former
      throw error
    }
    services.gate.adjust(maxInFlight: configuration.api.maxInFlight, rateLimit: configuration.api.rateLimit)
    services.publisher.forgetNames()
    prove()
    rotator.takeUpMended()
    services.askAgain()
    let unready = services.readiness.count
    let state = unready == 0 ? "all can be rolled" : "\(unready) cannot be rolled as things stand"
    log.record(
      Event(
        .configurationReloaded,
        "The configuration was read again: \(configuration.tokens.count) entries, \(state)."))
  }

  @discardableResult private func prove() -> Proof {
    services.succession.review(services.configuration)
    let proof = Proof(of: services)
    for finding in proof.findings {
      var event = Event(.rollNotReady, "Not ready for a roll: \(finding.reason).")
      event.entry = finding.entry
      event.errno = finding.errno
      log.record(event)
    }
    for failure in ProgramCheck.failures(services.configuration) {
      var event = Event(.actionFailed, "A program could not be run as things stand: \(failure.error).")
      event.entry = failure.entry
      event.program = failure.program
      event.errno = failure.error.code == 0 ? nil : failure.error.code
      log.record(event)
    }
    for notice in proof.notices {
      var event = Event(.destinationNotice, "\(notice.reason).")
      event.entry = notice.entry
      log.record(event)
    }
    services.readiness.take(proof.obstacles, of: services.configuration.tokens, secrets: proof.secrets)
    proofs += 1
    if !proof.encrypting.isEmpty { proveEncryption(for: proof.encrypting, proofs) }
    return proof
  }

  /// Nothing waits for that: a roll tries it once more before it asks for a secret.
  private func proveEncryption(for entries: [String], _ number: Int) {
    RotationActor.task { [weak self] in
      guard let check = self?.services.encryptionCheck, let failure = await check.failure(), let self,
        number == self.proofs
      else { return }
      var event = Event(
        .rollNotReady,
        "Not ready for a roll: \(failure). \(entries.count) \(entries.count == 1 ? "entry wants its" : "entries want their") "
          + "secrets encrypted.")
      event.errno = failure.code == 0 ? nil : failure.code
      self.log.record(event)
      let obstacle = Obstacle(failure, cure: Cure.encryption(failure), isShared: true)
      for entry in entries { self.services.readiness.note(obstacle, of: entry) }
      self.noteChange()
    }
  }
}

// MARK: - Stop

extension Service {
  /// Begins nothing more, and waits for what is in hand to be safe.
  private func stop() async {
    tell { (notifier) throws(SystemdError) in
      try notifier.stopping(
        status: "stopping; a roll in flight is brought to escrow, and a program to its end")
    }
    log.record(
      Event(.serviceStopping, "Stopping; a roll in flight is brought to escrow, and a program to its end."))
    stopLimit = clock.bootTime + Self.longestStop
    stopTimer = try? BootTimer { [weak self] in self?.extendStop() }
    extendStop()
    await rotator.stop()
    await services.programs.finish(by: stopLimit - Self.programGrace)
    stopTimer?.cancel()
  }

  /// Asks systemd for more time, again and again, up to a limit of ours.
  private func extendStop() {
    let now = clock.bootTime
    guard now < stopLimit else { return }
    tell { (notifier) throws(SystemdError) in try notifier.extendTimeout(by: .seconds(30)) }
    services.health.arm(stopTimer, for: now + .seconds(10))
  }
}

// MARK: - What systemd hears

extension Service {
  private var statusLine: String {
    var summary = rotator.summary
    summary.failing = max(summary.failing, services.readiness.count)
    return summary.line(at: clock.now)
  }

  private func updateStatus() {
    guard !isStopping else { return }
    let line = statusLine
    guard line != lastStatus else { return }
    lastStatus = line
    tell { (notifier) throws(SystemdError) in try notifier.status(line) }
  }

  /// A service manager that cannot be reached must not keep a token from being rolled: it shows in the journal.
  private func tell(_ body: (Notifier) throws(SystemdError) -> Void) {
    do throws(SystemdError) {
      try body(notifier)
    } catch {
      log.record(Event(.notificationFailed, "\(error)."))
    }
  }
}
