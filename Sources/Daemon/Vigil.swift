internal import Configuration
internal import Core
internal import Platform
internal import Store

/// A question about an entry that is under way, and what would make its answer worthless.
@RotationActor final class Vigil {
  /// The entry's place in the rotator's list; nil once it has left the configuration.
  var slot: Int?
  private let entry: Entry
  private let lastAttempt: Timestamp?

  /// Begins with the entry in a slot as it is now.
  init(_ index: Int, _ rotator: Rotator) {
    slot = index
    entry = rotator.slots[index].entry
    lastAttempt = rotator.slots[index].records.lastAttempt
  }

  /// False once a roll of the entry has begun, its configuration has changed, or the service stops.
  func isUndisturbed(_ rotator: Rotator?) -> Bool {
    guard let rotator, let slot, !rotator.isStopping, !rotator.isInHand(slot) else { return false }
    let now = rotator.slots[slot]
    return now.isConfigured && now.entry == entry && now.records.lastAttempt == lastAttempt
  }
}
