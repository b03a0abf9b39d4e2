internal import Configuration
internal import Core
internal import Platform
internal import Store

// MARK: - Entries of two tokens

extension Rotator {
  /// The units that were not reloaded yet for the last secret of an entry, each once.
  func unreloaded(_ slot: Slot) -> [EntryState.Unreloaded] {
    guard !slot.entry.reload.isEmpty else { return [] }
    var units: [EntryState.Unreloaded] = []
    for record in slot.records.all {
      for unit in services.reloads.unreloaded(slot.entry.reload, token: record.row)
      where !units.contains(where: { $0.unit == unit.unit }) {
        units.append(unit)
      }
    }
    return units
  }

  /// The programs of an entry that have not succeeded yet.
  func programs(_ slot: Slot) -> [ProgramPlan.Item] {
    slot.records.all.flatMap { services.programs.items(of: $0.row) }
  }

  /// Whether a roll of one of the entry's tokens is still brought to its end under an entry that is gone.
  ///
  /// A reload can make a pair of two entries that both have a roll in hand.
  func isHeldUp(_ slot: Slot) -> Bool {
    guard slot.isConfigured, slot.records.isPair else { return false }
    return runners.values.contains { !slots[$0.slot].isConfigured && slot.records.has($0.record.row) }
  }

  /// A roll of an entry that is gone is at its end: the entries that have its token now know what became of it.
  func handOver(_ record: TokenRecord) {
    for index in slots.indices where slots[index].isConfigured {
      slots[index].records.update(record)
      runners[index]?.take(slots[index].records)
    }
    planAll()
  }
}
