internal import Configuration
internal import Core
internal import Platform
internal import Store

// MARK: - What an operator does about an entry that is in trouble

extension Rotator {
  /// What is wrong with the entry in a slot, as far as its rolls go; nil where nothing is.
  func trouble(_ index: Int) -> String? {
    let slot = slots[index]
    if let trouble = runners[index]?.machine.trouble ?? slot.trouble { return trouble }
    // Over a restart the number alone is kept.
    let failures = runners[index]?.machine.failures ?? slot.records.failures
    guard failures > 0, runners[index] == nil else { return nil }
    let attempts = failures == 1 ? "the last attempt" : "the last \(failures) attempts"
    return "\(attempts) came to nothing; `tokenroll history \(slot.entry.name)` says why"
  }

  /// What to do about an entry that is not healthy.
  func advice(_ index: Int, _ state: EntryState) -> String {
    let name = state.name
    if state.hold != nil {
      return
        "find out who else rolls this token (the account's audit log), then `tokenroll roll \(name)`, or `tokenroll retry "
        + "\(name)` to leave it to its schedule"
    }
    let again = "then `tokenroll retry \(name)`"
    let obstacle = services.readiness.obstacle(of: slots[index].entry)
    if let obstacle, obstacle.isShared { return "\(obstacle.cure); then `tokenroll retry`" }
    if let cure = runners[index]?.advice ?? obstacle?.cure { return "\(cure); \(again)" }
    if state.trouble == nil, let advice = adviceBesideRolls(index, state) { return advice }
    switch state.summary {
    case .uncertain, .curing, .verifying:
      return
        "see that this machine reaches the API, which is asked again by itself; `tokenroll retry \(name)` does it at once"
    default:
      return "mend that, \(again)"
    }
  }

  /// What to do about what is wrong while its rolls work; nil where nothing is.
  private func adviceBesideRolls(_ index: Int, _ state: EntryState) -> String? {
    let again = "then `tokenroll retry \(state.name)`"
    if let drift = watch.advice(slots[index]) { return drift }
    if state.deletions.contains(where: { $0.trouble != nil }) {
      return
        "see that the credential \(state.credential) has the permission Account API Tokens Write, or delete the token in "
        + "Cloudflare's dashboard; \(again)"
    }
    if let unit = state.unreloaded.first(where: { $0.failures > 0 })?.unit {
      return "see `systemctl status \(unit)` and `journalctl -u \(unit)`; \(again)"
    }
    if state.programs.contains(where: { $0.failures > 0 }) {
      return "see what it wrote: `journalctl TOKENROLL_ENTRY=\(state.name)`; \(again)"
    }
    return nil
  }
}
