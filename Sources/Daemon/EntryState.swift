internal import Configuration
internal import Core
internal import Platform
internal import Store

/// Where an entry stands, as the control socket tells it.
struct EntryState {
  /// In one word.
  enum Summary: String, CaseIterable {
    case waiting, rolling
    case backingOff = "backing_off"
    case failed, uncertain, curing, unpublished, verifying, held, unready, paused, disabled, leaving
  }

  var name: String
  var accountID: String
  /// The token whose secret consumers hold, and of a pair the other, which is rolled next.
  var tokenID: String
  var standbyID: String?
  var credential: String
  var provides: String?
  var summary: Summary
  var phase: RollPhase
  var rollID: RollID?
  var cause: RollCause?
  var failures: Int
  var trouble: String?
  var lastAttempt: Timestamp?
  var lastSuccess: Timestamp?
  var nextDue: Timestamp?
  var nextAttempt: Timestamp?
  var destinations: [String]
  var unreloaded: [Unreloaded]
  /// The programs that are owed, or failed.
  var programs: [ProgramPlan.Item]
  var pause: Pause?
  /// Why no automatic roll follows, and what ends that; nil where one does.
  var hold: String?
  /// When the API accepted the published secret last.
  var verifiedAt: Timestamp?
  /// What is not as it should be with the token, its secret or its files.
  var drift: [String]
  /// The tokens that its replacements left behind.
  var deletions: [Deletion]
  /// Why it cannot be rolled as things stand; nil where nothing is known to be in the way.
  var unready: String?
  /// What an operator does about it; nil where it is healthy.
  var advice: String?

  /// A unit that was not reloaded yet for the new secret.
  struct Unreloaded {
    var unit: String
    var failures: Int
    var trouble: String?
    var nextAttempt: Timestamp?
  }

  /// Whether nothing about it wants an operator's attention.
  var isHealthy: Bool {
    switch summary {
    case .failed, .uncertain, .curing: false
    default:
      hold == nil && unready == nil && deletions.allSatisfy { $0.trouble == nil } && drift.isEmpty
        && failures == 0 && trouble == nil
        && unreloaded.allSatisfy { $0.failures == 0 }
        && programs.allSatisfy { $0.failures == 0 }
    }
  }
}

extension Rotator {
  /// Where the entry in a slot stands, in one word.
  func summary(_ index: Int) -> EntryState.Summary {
    summary(of: index, isPaused: pause(of: slots[index].entry.name, at: services.clock.now) != nil)
  }

  /// Where the entry in a slot stands.
  func state(_ index: Int) -> EntryState {
    let slot = slots[index]
    let runner = runners[index]
    let records = runner?.records ?? slot.records
    let now = services.clock.now
    let pause = pause(of: slot.entry.name, at: now)
    var state = EntryState(
      name: slot.entry.name, accountID: records.inUse.accountID, tokenID: records.inUse.tokenID,
      standbyID: records.standby?.tokenID, credential: slot.entry.credential, provides: slot.entry.provide,
      summary: summary(of: index, isPaused: pause != nil), phase: runner?.machine.phase ?? .waiting,
      rollID: runner?.machine.rollID, cause: runner?.machine.cause,
      failures: runner?.machine.failures ?? records.failures,
      trouble: trouble(index),
      lastAttempt: records.lastAttempt, lastSuccess: records.lastSuccess,
      nextDue: runner == nil ? scheduled(slot) : nil,
      nextAttempt: waits[index].map { now + ($0 - services.clock.bootTime) },
      destinations: slot.entry.publish.map(\.file),
      unreloaded: unreloaded(slot), programs: programs(slot), pause: pause,
      hold: records.isHeld ? Self.hold(of: slot.entry.name) : nil,
      verifiedAt: watch.verifiedAt(records), drift: watch.drift(records.home),
      deletions: pendingDeletions(of: records),
      unready: services.readiness.obstacle(of: slot.entry)?.reason)
    if !state.isHealthy { state.advice = advice(index, state) }
    return state
  }

  private func summary(of index: Int, isPaused: Bool) -> EntryState.Summary {
    let slot = slots[index]
    guard slot.isConfigured else { return .leaving }
    guard let machine = runners[index]?.machine else {
      if requested.contains(index) { return .rolling }
      if !slot.entry.enabled { return .disabled }
      if slot.records.isHeld { return .held }
      if isPaused { return .paused }
      if slot.records.failures > 0 { return .failed }
      return services.readiness.obstacle(of: slot.entry) == nil ? .waiting : .unready
    }
    switch machine.phase {
    case .uncertain: return .uncertain
    case .escrowing, .escrowed: return .unpublished
    case .proving, .published, .confirming, .verified: return .verifying
    default: break
    }
    if machine.cause == .cure { return .curing }
    switch machine.phase {
    case .backingOff: return .backingOff
    case .failed: return .failed
    default: return .rolling
    }
  }
}
