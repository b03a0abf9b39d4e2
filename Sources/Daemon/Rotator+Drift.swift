internal import Configuration
internal import Core
internal import Platform
internal import Store

// MARK: - What the watch needs to know, and to have done

extension Rotator {
  /// Whether something about the entry is under way, or its secret is known to be lost: nothing about it is judged then.
  func isInHand(_ index: Int) -> Bool {
    guard let machine = runners[index]?.machine else { return false }
    let isWaiting = machine.phase == .backingOff || machine.phase == .failed
    return !isWaiting || active.contains(index) || machine.cause == .cure
  }

  /// Has the entry rolled because of what became of its secret or its files, in a window of `not_during` after its end; it is
  /// neither frozen, held, paused nor in hand.
  func rollForDrift(_ index: Int) {
    drifted.insert(index)
    plan(index)
    tick()
  }

  /// When an entry is begun without an operator's word: by its schedule, or because of drift; nil where it is not.
  func dueByItself(_ index: Int, _ due: Timestamp?) -> Timestamp? {
    guard mayBegin?.contains(index) ?? true else { return nil }
    guard let drift = driftDue(index) else { return due }
    return min(due ?? drift, drift)
  }

  /// When an entry with drift is rolled for it; nil where it is not, or is not to be any more.
  func driftDue(_ index: Int) -> Timestamp? {
    guard drifted.contains(index) else { return nil }
    let (now, entry) = (services.clock.now, slots[index].entry)
    guard pause(of: entry.name, at: now) == nil else {
      drifted.remove(index)
      return nil
    }
    return services.planner.quietUntil(entry, at: now) ?? now
  }
}
