internal import Configuration
internal import Core
internal import Platform
internal import Store

// MARK: - What replacements leave behind

extension Rotator {
  /// Ties the deletions to the entries that they follow from.
  func prepareDeletions() {
    deletions.credential = { [weak self] deletion in self?.slot(of: deletion)?.entry.credential }
    deletions.onChange = { [weak self] in self?.onChange() }
    deletions.hold = { [weak self] deletion in self?.hold(deletion) }
  }

  private func slot(of deletion: Deletion) -> Slot? {
    slotsByRow[deletion.token].map { slots[$0] }.flatMap { $0.isConfigured ? $0 : nil }
  }

  /// The tokens that replacements of an entry have left behind.
  func pendingDeletions(of records: TokenRecords) -> [Deletion] {
    records.all.flatMap { deletions.deletions(ofToken: $0.row) }
  }

  /// Those of entries that have left the configuration.
  var orphanedDeletions: [Deletion] { deletions.deletions.filter { slot(of: $0) == nil } }

  /// Until when a deletion that is due has to wait, for it cannot be undone; nil where it need not.
  private func hold(_ deletion: Deletion) -> Timestamp? {
    let now = services.clock.now
    if clockDoubt != nil { return now + .minutes(1) }
    if let id = deletion.tokenID, isInForce(id, account: deletion.accountID) {
      return now + .hours(1)
    }
    guard let slot = slot(of: deletion) else { return nil }
    if let pause = pause(of: slot.entry.name, at: now) {
      return min(pause.until ?? now + .minutes(5), now + .minutes(5))
    }
    if let end = services.planner.quietUntil(slot.entry, at: now) {
      return min(end, now + .hours(1))
    }
    // Its processes may still have the old secret.
    if !unreloaded(slot).isEmpty { return now + .seconds(5) }
    return nil
  }

  /// Whether `token` is that of an entry, or of a roll in hand.
  private func isInForce(_ token: String, account: String) -> Bool {
    slots.indices.contains { index in
      let records = runners[index]?.records ?? slots[index].records
      return slots[index].entry.accountID == account
        && (runners[index]?.newTokenID == token || records.all.contains { $0.tokenID == token })
    }
  }

  /// An entry may name a token that was replaced, or what is in its place now; two entries that do would roll it twice.
  func refuseReplacedTwice(_ named: [(entry: String, record: TokenRecord)]) throws(ServiceFailure) {
    var owners: [Int64: String] = [:]
    for (entry, record) in named where record.enrolledID != nil {
      guard let other = owners.updateValue(entry, forKey: record.row) else { continue }
      throw ServiceFailure(
        kind: .configuration,
        description:
          "the entries \"\(other)\" and \"\(entry)\" have the same token: \(record.tokenID) is in the place of "
          + "\(record.enrolledID ?? ""), which it replaced; remove one of the two entries")
    }
  }
}
