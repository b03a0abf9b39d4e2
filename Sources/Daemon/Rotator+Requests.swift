internal import Configuration
internal import Core
internal import Platform
internal import Store

// MARK: - What an operator asks for

extension Rotator {
  /// Why an entry cannot be rolled now.
  enum Refusal: Error {
    case noSuchEntry(String)
    case disabled(String)
    case paused(String, reason: String)
    case inHand(String, phase: RollPhase)

    /// Whether it may be otherwise later.
    var isAboutNow: Bool {
      switch self {
      case .noSuchEntry, .disabled: false
      case .paused, .inHand: true
      }
    }
  }

  /// Why, in words.
  func sentence(_ refusal: Refusal) -> String {
    switch refusal {
    case .noSuchEntry(let name): RefusalText.noSuchEntry(name, among: Array(slotsByName.keys))
    case .disabled(let name): RefusalText.disabled(name)
    case .paused(let name, let reason): RefusalText.paused(name, reason: reason)
    case .inHand(let name, let phase): RefusalText.inHand(name, phase: phase.rawValue)
    }
  }

  /// The slots of the entries in the configuration, by name.
  var slotsByName: [String: Int] {
    var slots: [String: Int] = [:]
    for (index, slot) in self.slots.enumerated() where slot.isConfigured { slots[slot.entry.name] = index }
    return slots
  }

  /// Throws where one of the entries cannot be rolled now.
  func check(_ names: [String]) throws(Refusal) {
    let known = slotsByName
    for name in names {
      guard let index = known[name] else { throw .noSuchEntry(name) }
      if let refusal = refusal(index) { throw refusal }
    }
  }

  /// The entries that can be rolled now.
  var requestable: [String] { slots.indices.filter { refusal($0) == nil }.map { slots[$0].entry.name } }

  /// Begins a roll of each of the entries, which `check` let pass.
  func request(_ names: [String]) {
    let known = slotsByName
    begin(names.compactMap { known[$0] })
  }

  private func begin(_ chosen: [Int]) {
    for index in chosen { _ = release(index) }
    // One that waits for another attempt makes it now; the others queue with those that are due.
    for index in chosen where !hasten(index) { request(index) }
    tick()
  }

  private func refusal(_ index: Int) -> Refusal? {
    let slot = slots[index]
    let name = slot.entry.name
    guard slot.isConfigured else { return .noSuchEntry(name) }
    guard slot.entry.enabled else { return .disabled(name) }
    if let pause = pause(of: name, at: services.clock.now) { return .paused(name, reason: pause.reason) }
    if requested.contains(index) { return .inHand(name, phase: .waiting) }
    guard let phase = runners[index]?.machine.phase else { return nil }
    let isIdle = waits[index] != nil && (phase == .backingOff || phase == .failed)
    return isIdle ? nil : .inHand(name, phase: phase)
  }

  /// What `retry` has begun, by the names of entries.
  struct Retries {
    /// They make another attempt.
    var retried: [String] = []
    /// They are not held any more.
    var released: [String] = []
    /// They were not ready for a roll, and it was looked again whether they are.
    var proved: [String] = []
    /// Tokens whose deletion had failed, and is tried again.
    var deletions: [String] = []
  }

  /// Has the entries that wait for another attempt, of a roll or of reloading a unit, make it now, and their programs that
  /// failed run again, all where `names` is empty, and deletions that failed be tried, looks again at what is in the way of those
  /// that are not ready, and ends the hold of those that are named.
  func retry(_ names: [String]) throws(Refusal) -> Retries {
    let known = slotsByName
    var chosen = Array(slots.indices)
    if !names.isEmpty {
      chosen = []
      for name in names {
        guard let index = known[name] else { throw .noSuchEntry(name) }
        if let pause = pauseInTheWay(of: index) { throw .paused(name, reason: pause) }
        chosen.append(index)
      }
    }
    let proved = prove(chosen)
    let released = names.isEmpty ? [] : chosen.filter(release)
    if !released.isEmpty { tick() }
    let retried = chosen.filter { index in
      let slot = slots[index]
      var isActing = false
      for record in slot.records.all {
        if services.reloads.hasten(slot.entry.reload, token: record.row) { isActing = true }
        if services.programs.retry(record.row) { isActing = true }
      }
      return pauseInTheWay(of: index) == nil && hasten(index) || isActing
    }
    let rows = names.isEmpty ? nil : Set(chosen.flatMap { slots[$0].records.all.map(\.row) })
    func entries(_ chosen: [Int]) -> [String] { chosen.map { slots[$0].entry.name } }
    return Retries(
      retried: entries(retried), released: entries(released), proved: entries(proved),
      deletions: deletions.retry(rows))
  }

  /// Looks again at what is in the way of those of `chosen` that are not ready; returns them.
  private func prove(_ chosen: [Int]) -> [Int] {
    let unready = chosen.filter {
      slots[$0].isConfigured && services.readiness.obstacle(of: slots[$0].entry) != nil
    }
    guard !unready.isEmpty else { return [] }
    let entries = unready.map { slots[$0].entry }
    let proof = Proof(of: services, entries)
    for entry in entries
    where services.encryptionCheck(for: entry) == nil || proof.obstacles[entry.name] != nil {
      services.readiness.note(proof.obstacles[entry.name], of: entry.name)
    }
    services.askAgain(Set(entries.map(\.credential)))
    return unready
  }

  /// Why another attempt of a roll must not begin; a step of a roll in hand, and a cure, may always.
  private func pauseInTheWay(of index: Int) -> String? {
    guard let machine = runners[index]?.machine, machine.cause != .cure,
      machine.phase == .backingOff || machine.phase == .failed
    else { return nil }
    return pause(of: slots[index].entry.name, at: services.clock.now)?.reason
  }
}
