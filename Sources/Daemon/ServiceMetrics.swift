internal import Configuration
internal import Core
internal import Platform
internal import Store

/// Numbers for monitoring: what the service is, what it does and what it has counted. Nothing of a secret is among them.
struct ServiceMetrics {
  /// Those of one entry.
  struct EntryNumbers {
    var name: String
    var isHealthy: Bool
    var failures: Int
    var lastAttempt: Timestamp?
    var lastSuccess: Timestamp?
    var nextDue: Timestamp?
    var replacementDue: Timestamp?
    var verified: Timestamp?
  }

  /// Those of one credential.
  struct CredentialNumbers {
    var name: String
    var requestsLeft: Int
    var requestsWaiting: Int
  }

  var isRunning: Bool
  var startedAt: Timestamp
  var isClockTrusted: Bool
  var lastReload: LastReload
  var entriesByState: [EntryState.Summary: Int] = [:]
  var uncertain = 0
  var unpublished = 0
  var paused = 0
  var unready = 0
  /// Entries whose secret or files are not as they were published.
  var drifted = 0
  /// Entries whose token is disabled, expired, or soon will be.
  var ending = 0
  /// Tokens that replacements left behind and that are to be deleted.
  var deletions = 0
  /// Those of them that could not be deleted so far.
  var undeleted = 0
  /// Since when the deletion fails that does for the longest.
  var deletionFailingSince: Timestamp?
  /// Units that could not be reloaded for a new secret.
  var unreloaded = 0
  /// Programs that failed and were not run with success since.
  var failedPrograms = 0
  /// Since when nothing of an entry is begun, with "" for all of them.
  var pauses: [(entry: String, since: Timestamp)] = []
  var entries: [EntryNumbers] = []
  var credentials: [CredentialNumbers] = []
  var requestLimit: Int
  var rolls: [RollOutcome: Int] = [:]
  var requests: [APICall: [APIResult: Int]] = [:]
  var latencies: [APICall: Histogram] = [:]
  var events: [EventKind: Int] = [:]
}

extension ServiceMetrics {
  /// With more entries or credentials than this, none is listed by itself.
  private static let mostListed = 2_000

  /// Those of now.
  @RotationActor init(
    _ rotator: Rotator, events: [EventKind: Int], startedAt: Timestamp, lastReload: LastReload
  ) {
    let services = rotator.services
    self.init(
      isRunning: !rotator.isStopping, startedAt: startedAt, isClockTrusted: rotator.clockDoubt == nil,
      lastReload: lastReload, requestLimit: services.configuration.api.rateLimit.requests)
    let tally = ControlTally(rotator)
    (uncertain, unpublished, paused) = (tally.uncertain, tally.unpublished, tally.paused)
    (drifted, ending) = (tally.drifted, tally.ending)
    unready = services.readiness.count
    (deletions, undeleted) = (rotator.deletions.deletions.count, tally.undeleted)
    deletionFailingSince = rotator.deletions.failingSince
    unreloaded = services.reloads.failing
    failedPrograms = services.programs.failing
    self.events = events
    rolls = services.counters.rolls
    requests = services.counters.requests
    latencies = services.counters.latencies

    let isListed = rotator.slots.count <= Self.mostListed
    var names: Set<String> = [""]
    for index in rotator.slots.indices {
      guard isListed else {
        entriesByState[rotator.summary(index), default: 0] += 1
        continue
      }
      let state = rotator.state(index)
      entriesByState[state.summary, default: 0] += 1
      names.insert(state.name)
      entries.append(
        EntryNumbers(
          name: state.name, isHealthy: state.isHealthy, failures: state.failures,
          lastAttempt: state.lastAttempt, lastSuccess: state.lastSuccess, nextDue: state.nextDue,
          replacementDue: rotator.replacementDue(index), verified: state.verifiedAt))
    }
    pauses = rotator.pausesInForce.map { ($0.entry ?? "", $0.since) }.filter { names.contains($0.0) }
    let credentials = services.configuration.credentials.keys
    guard credentials.count <= Self.mostListed else { return }
    self.credentials = credentials.sorted().map {
      CredentialNumbers(
        name: $0, requestsLeft: services.gate.remaining($0), requestsWaiting: services.gate.waitingCount($0))
    }
  }
}
