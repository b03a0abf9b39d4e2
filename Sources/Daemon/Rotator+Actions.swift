internal import Configuration
internal import Core
internal import Platform
internal import Store

// MARK: - Actions

extension Rotator {
  /// Has the queues of actions hear of what concerns an entry.
  func connectActions() {
    services.programs.subject = { [weak self] in self?.subject(ofToken: $0) }
    services.programs.onChange = { [weak self] token in
      self?.judge(token: token)
      self?.onChange()
    }
    services.reloads.onStanding = { [weak self] tokens in
      for token in tokens { self?.judge(token: token) }
    }
  }

  /// Drops the actions that the configuration does not ask for any more.
  func dropActions() {
    services.reloads.drop { debt in
      slotsByRow[debt.token].map { slots[$0].entry.reload.contains(debt.unit) } ?? false
    }
    services.programs.drop { debt in
      slotsByRow[debt.token].map { slots[$0].entry.program(of: debt) != nil } ?? false
    }
  }

  /// Runs the actions of an entry as after a roll, without one; returns what is begun.
  func runActions(_ name: String) throws(ActionRefusal) -> (units: [String], programs: [String]) {
    guard let index = slotsByName[name] else { throw .refused(.noSuchEntry(name)) }
    let (entry, row) = (slots[index].entry, slots[index].records.home)
    let roll = RollID.random()
    let debts = entry.debts(on: .published, token: row, roll: roll)
    do throws(StoreError) {
      try services.reloads.owe(entry.reload, entry: name, token: row, roll: roll)
      try services.programs.owe(debts)
    } catch {
      throw .failed(error.description)
    }
    return (entry.reload, debts.map(\.program))
  }

  /// Why the actions of an entry cannot be run.
  enum ActionRefusal: Error {
    case refused(Refusal)
    case failed(String)
  }

  private func subject(ofToken row: Int64) -> ProgramRunner.Subject? {
    guard let index = slotsByRow[row] else { return nil }
    let slot = slots[index]
    let records = runners[index]?.records ?? slot.records
    var entry = slot.entry
    // The token whose secret consumers have now.
    (entry.tokenID, entry.twinID) = (records.inUse.tokenID, records.standby?.tokenID)
    return ProgramRunner.Subject(
      entry: entry, secret: services.current(entry, provides: entry.provide),
      others: [try? services.credential(slot.entry.credential)].compactMap(\.self))
  }
}

// MARK: - Alerts

extension Rotator {
  private func judge(token row: Int64) {
    if let index = slotsByRow[row] { judge(index) }
  }

  /// Has somebody told where the entry in a slot began to fail, or works again.
  ///
  /// `roll` is the one that has just come to its end.
  func judge(_ index: Int, roll: RollID? = nil) {
    let slot = slots[index]
    guard slot.isConfigured, !slot.entry.onFailure.isEmpty || !slot.entry.onRecovery.isEmpty else { return }
    let machine = runners[index]?.machine
    let row = slot.records.home
    let units = unreloaded(slot)
    let stuck = units.first { $0.failures >= RollMachine.patience }.map { "\($0.unit): \($0.trouble ?? "")" }
    let failed = slot.records.all.compactMap { services.programs.trouble(of: $0.row) }.first
    let drift = watch.drift(row)
    let alarm = machine.map(\.alarm) ?? slot.trouble
    let isWell =
      machine == nil && slot.trouble == nil && slot.records.failures == 0 && failed == nil
      && drift.isEmpty && units.allSatisfy { $0.failures == 0 }
    services.alerts.judge(
      slot.entry, token: row,
      roll: roll ?? machine?.rollID ?? programs(slot).first?.debt.roll,
      alarm: alarm ?? stuck ?? failed ?? drift.first, isWell: isWell)
  }
}
