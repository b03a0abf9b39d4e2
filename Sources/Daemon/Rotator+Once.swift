internal import Configuration
internal import Core
internal import Platform
internal import Store

// MARK: - One run without a service

extension Rotator {
  /// The entries that are due by their schedules, in the order of the configuration; pauses and windows count.
  var dueNow: [String] {
    let now = services.clock.now
    return slots.filter { slot in
      // A last roll in the future is the trace of a clock that was set back a little; it is due no sooner for that.
      slot.isConfigured && slot.entry.enabled && (slot.records.lastSuccess.map { $0 <= now } ?? true)
        && scheduled(slot).map { $0 <= now } ?? false
    }.map(\.entry.name)
  }

  /// Has the schedules begin rolls of these entries alone, and none again that came to its end.
  func limitSchedule(to names: [String]) {
    let known = slotsByName
    mayBegin = Set(names.compactMap { known[$0] })
  }

  /// Whether nothing is under way or waits for more than another attempt; a cure is waited for, since consumers are down.
  var isAtRest: Bool {
    guard active.isEmpty, requested.isEmpty, !hasDue, deletions.isAtRest else { return false }
    let areRollsAtRest = runners.values.allSatisfy { runner in
      switch runner.machine.phase {
      case .backingOff, .failed: runner.machine.cause != .cure
      case .proving: runner.machine.trouble != nil && !runner.mustNotBeInterrupted
      default: false
      }
    }
    return areRollsAtRest && !services.programs.isBusy
      && slots.allSatisfy { slot in
        unreloaded(slot).allSatisfy { $0.failures > 0 }
      }
  }

  /// Whether an entry that may be begun is due and waits for its turn.
  private var hasDue: Bool {
    let now = services.clock.now
    return mayBegin?.contains { slot in
      runners[slot] == nil && planned(slot).map { $0 <= now } ?? false
    } ?? false
  }

  /// What could not be reloaded for its new secret, and which programs failed, with why.
  var unreloaded: [String] {
    slots.flatMap { slot in
      unreloaded(slot).map { unit in
        "\(slot.entry.name): \(unit.unit) was not reloaded" + (unit.trouble.map { ": \($0)" } ?? "")
      }
        + programs(slot).filter { $0.stage == .failed }.map { item in
          "\(slot.entry.name): \(item.debt.program) failed" + (item.trouble.map { ": \($0)" } ?? "")
        }
    }
  }

  /// Has the programs run again that failed in an earlier run, which nobody can ask for without a service.
  func retryPrograms() {
    for slot in slots { for record in slot.records.all { _ = services.programs.retry(record.row) } }
  }
}
