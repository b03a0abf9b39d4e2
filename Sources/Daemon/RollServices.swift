internal import CloudflareAPI
internal import Configuration
internal import Core
internal import Platform
internal import Store

/// What the rolls share. The members change at a reload; a roll in hand goes on with the new ones.
@RotationActor final class RollServices {
  var configuration: Configuration
  var issuer: any TokenIssuer
  let gate: RequestGate
  let store: RollStore
  /// The changes that rolls make in the store, those of several in one commit.
  let commits: CommitGroup
  let publisher: Publisher
  let reloads: ReloadQueue
  let programs: ProgramQueue
  let alerts: Alerts
  let planner: Planner
  let succession: CredentialSuccession
  let turns = CredentialTurns()
  let log: any EventSink
  let clock: any Clock
  let health: Health
  let counters = ServiceCounters()
  let encryption = EncryptionCheck()
  let escrowEncryption = EncryptionCheck(ofEscrow: SystemEncryptor())
  let readiness = Readiness()
  /// Spreads retries.
  private var chance = SplitMix64()

  init(
    configuration: Configuration, issuer: any TokenIssuer, gate: RequestGate, store: RollStore,
    publisher: Publisher, reloads: ReloadQueue, programs: ProgramQueue, planner: Planner,
    succession: CredentialSuccession,
    log: any EventSink,
    clock: any Clock, health: Health
  ) {
    self.configuration = configuration
    self.issuer = issuer
    self.gate = gate
    self.store = store
    commits = CommitGroup(store)
    self.publisher = publisher
    self.reloads = reloads
    self.programs = programs
    alerts = Alerts(store: store, programs: programs, log: log, clock: clock)
    self.planner = planner
    self.succession = succession
    self.log = log
    self.clock = clock
    self.health = health
  }

  /// The credential `name` as it is in force, read from its file or from what succeeded that.
  func credential(_ name: String) throws(SystemError) -> Secret {
    guard let source = configuration.credentials[name] else {
      throw SystemError("cannot find the credential \"\(name)\" in the configuration", code: 0)
    }
    return try succession.read(source, name: name).secret
  }

  /// The secret of `entry` that is in force as far as is known: the service itself is the first consumer of a credential that it
  /// `provides`. Nil where none can be read back.
  func current(_ entry: Entry, provides name: String?) -> Secret? {
    guard let name else { return publisher.current(entry) }
    return try? credential(name)
  }

  /// What a decision may know of its surroundings, now.
  var moment: Moment {
    Moment(wall: clock.now, uptime: clock.bootTime, random: chance.next())
  }
}
