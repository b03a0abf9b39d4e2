internal import Configuration
internal import Core
internal import Platform
internal import Store

/// How many entries are in which trouble.
struct ControlTally {
  private(set) var failing = 0
  private(set) var uncertain = 0
  private(set) var unpublished = 0
  private(set) var unreloaded = 0
  /// Entries of which a program failed.
  private(set) var failedPrograms = 0
  private(set) var paused = 0
  private(set) var held = 0
  private(set) var drifted = 0
  private(set) var ending = 0
  /// Tokens whose deletion fails.
  private(set) var undeleted = 0
  private(set) var areAllHealthy = true

  @RotationActor init(_ rotator: Rotator) {
    let now = rotator.services.clock.now
    undeleted = rotator.deletions.deletions.count { $0.trouble != nil }
    areAllHealthy = undeleted == 0
    for (index, slot) in rotator.slots.enumerated() {
      let machine = rotator.runners[index]?.machine
      let failures = machine?.failures ?? slot.records.failures
      if failures > 0 { failing += 1 }
      if machine?.phase == .uncertain { uncertain += 1 }
      if machine?.phase == .escrowing || machine?.phase == .escrowed { unpublished += 1 }
      if slot.isConfigured, rotator.pause(of: slot.entry.name, at: now) != nil { paused += 1 }
      let isHeld = slot.isConfigured && slot.records.isHeld
      if isHeld { held += 1 }
      let drifts = rotator.watch.logs[slot.records.home]?.stretches.keys.map(\.kind) ?? []
      if drifts.contains(where: { !$0.concernsToken }) { drifted += 1 }
      if drifts.contains(where: \.concernsToken) { ending += 1 }
      let units = rotator.unreloaded(slot)
      let isUnreloaded = units.contains { $0.failures > 0 }
      if isUnreloaded { unreloaded += 1 }
      let hasFailed = rotator.programs(slot).contains { $0.failures > 0 }
      if hasFailed { failedPrograms += 1 }
      if isUnreloaded || hasFailed || isHeld || !drifts.isEmpty || failures > 0
        || (machine?.trouble ?? slot.trouble) != nil
        || machine?.cause == .cure
      {
        areAllHealthy = false
      }
    }
  }
}
