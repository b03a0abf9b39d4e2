internal import Configuration
internal import Core
internal import Store

// MARK: - Entries that an operator has to look at before they are rolled again

extension Rotator {
  /// Why an entry is held, and what ends it.
  static func hold(of entry: String) -> String {
    "the API refused the secret of its last roll, so somebody else may roll this token; once the cause is known, "
      + "`tokenroll roll \(entry)` rolls it, and `tokenroll retry \(entry)` gives it back to its schedule"
  }

  /// Says at a start of the service that an entry is still held.
  func report(heldBack slot: Slot) {
    var event = Event(.rollingHeld, "Not rolled by itself: \(Self.hold(of: slot.entry.name)).")
    event.entry = slot.entry.name
    event.accountID = slot.entry.accountID
    event.tokenID = slot.records.all.first { $0.isHeld }?.tokenID
    services.log.record(event)
  }

  /// Makes the end of a hold durable; false where that failed.
  func endHold(of slot: Slot) -> Bool {
    var event = Event(.holdLifted, "The entry is rolled by its schedule again, as an operator wished.")
    event.entry = slot.entry.name
    do throws(StoreError) {
      for record in slot.records.all where record.isHeld { try services.store.release(token: record.row) }
      services.log.record(event)
      return true
    } catch {
      event.kind = .stateNotWritten
      event.message = "The entry could not be given back to its schedule: \(error)."
      services.log.record(event)
      return false
    }
  }
}
