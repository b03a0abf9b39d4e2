internal import CloudflareAPI
internal import Configuration
internal import Core
internal import Platform
internal import Store
internal import Systemd

/// What rolls the tokens of a configuration: the lock that keeps others off the state, what the rolls share, and the loop.
@RotationActor struct Workplace {
  let lock: InstanceLock
  let services: RollServices
  let rotator: Rotator

  /// Takes the lock and opens the state of `configuration`; nothing is rolled yet.
  ///
  /// Rolls that were due before `awakeSince` count as missed.
  /// Throws `ServiceFailure`: `busy` where another process has the lock, and names it; `state` where the state cannot be used.
  init(
    _ configuration: Configuration, credentials: CredentialReader, log: any EventSink,
    awakeSince: Timestamp
  ) throws(ServiceFailure) {
    let clock = SystemClock()
    do {
      let directory = configuration.stateDirectory
      try makeDirectory(directory, mode: 0o700)
      lock = try Self.takeLock(directory)
      let machineID = try MachineID.read()
      let store = try RollStore(directory: directory, machineID: try MachineID.hexadecimal())
      let escrow = Escrow(stateDirectory: directory)
      try escrow.create()
      let health = Health(clock: clock)
      let gate = try RequestGate(
        maxInFlight: configuration.api.maxInFlight, rateLimit: configuration.api.rateLimit, clock: clock,
        health: health)
      services = RollServices(
        configuration: configuration, issuer: try CloudflareClient(configuration.api), gate: gate,
        store: store,
        publisher: Publisher(escrow: escrow),
        reloads: try ReloadQueue(store: store, log: log, clock: clock, health: health),
        programs: ProgramQueue(store: store, log: log, clock: clock, health: health),
        planner: Planner(machineID: Jitter.key(machineID: machineID) ?? (0, 0), start: awakeSince),
        succession: CredentialSuccession(
          reader: credentials, files: Successors(stateDirectory: directory), log: log, clock: clock),
        log: log, clock: clock, health: health)
      rotator = try Rotator(services: services)
    } catch {
      throw ServiceFailure(error)
    }
  }

  /// The place of one run without a service over the configuration `file`: the conventions of the environment count, and root
  /// is kept off the state of another user.
  static func openOnce(_ file: String, log: any EventSink) throws(ServiceFailure) -> Workplace {
    try prepareProcess()
    let environment = try EnvironmentConventions.take()
    do {
      let configuration = environment.applied(to: try ConfigurationFile.load(file))
      try StateOwner.judge(configuration.stateDirectory)
      // Nothing is missed by a run that is not meant to be there all the time.
      return try Workplace(
        configuration, credentials: environment.reader(for: configuration), log: log,
        awakeSince: Timestamp(microseconds: 0))
    } catch {
      throw ServiceFailure(error)
    }
  }

  /// Has the process give nothing away and outlive a reader that goes: before it touches a secret.
  static func prepareProcess() throws(ServiceFailure) {
    do throws(SystemError) {
      try ProcessHardening.apply()
    } catch {
      throw ServiceFailure(error)
    }
    SignalSource.ignoreBrokenPipes()
  }

  static func takeLock(_ directory: String) throws(ServiceFailure) -> InstanceLock {
    do throws(SystemError) {
      return try InstanceLock(directory: directory)
    } catch {
      throw ServiceFailure(kind: error.code == 0 ? .busy : .state, description: error.description)
    }
  }

  /// At start alone: later, a temporary may be that of a roll in flight.
  func removeLeftovers() {
    var failures = Leftovers.remove(of: services)
    do throws(SystemError) {
      try services.succession.files.removeTemporaries()
    } catch {
      failures.append(error)
    }
    for failure in failures {
      var event = Event(
        .destinationNotice, "A temporary that a crash left may hold a secret and is still there: \(failure).")
      event.errno = failure.code == 0 ? nil : failure.code
      services.log.record(event)
    }
  }
}
