internal import Configuration
internal import Core
internal import Platform
internal import Store

// MARK: - The slots of a configuration

extension Rotator {
  /// Makes the slots those of the configuration; tokens that were never seen are enrolled.
  func arrange() throws {
    var known: [TokenKey: TokenRecord] = [:]
    var places: [TokenKey: Int] = [:]
    let entries = services.configuration.tokens
    // Whichever is more, for most entries are in both: tables that grow step by step cost several times their size.
    known.reserveCapacity(max(entries.count, slots.count))
    places.reserveCapacity(slots.count)
    for (index, slot) in slots.enumerated() {
      let runner = runners[index]
      // An entry that is gone knows of its own roll alone.
      let records =
        slot.isConfigured ? (runner?.records ?? slot.records).all : runner.map { [$0.record] } ?? []
      for record in records {
        // A roll in hand goes where its token goes.
        let isTaken = runner.map { $0.record.row == record.row } ?? true
        for id in record.ids {
          let key = TokenKey(record.accountID, id)
          known[key] = record
          if isTaken { places[key] = index }
        }
      }
    }
    var unseen = entries.flatMap { entry in entry.tokenIDs.map { (entry: entry, tokenID: $0) } }
      .filter { known[TokenKey($0.entry.accountID, $0.tokenID)] == nil }
    // At the start, and where a token is new or comes back.
    if !unseen.isEmpty {
      for record in try services.store.tokens() {
        for id in record.ids {
          let key = TokenKey(record.accountID, id)
          if known[key] == nil { known[key] = record }
        }
        if let attempt = record.lastAttempt { lastRecorded = max(attempt, lastRecorded ?? attempt) }
      }
      unseen.removeAll { known[TokenKey($0.entry.accountID, $0.tokenID)] != nil }
    }
    try refuseReplacedTwice(entries) { known[TokenKey($0, $1)] }
    for entry in entries {
      for key in entry.tokenIDs.map({ TokenKey(entry.accountID, $0) }) {
        guard let record = known[key], record.enrolledID != nil, record.tokenID == key.token else { continue }
        try services.store.nameByCurrent(record.row)
        known[key]?.enrolledID = nil
        for runner in runners.values { runner.forgetEnrolled(record.row) }
      }
    }
    let now = services.clock.now
    let enrolled = try services.store.enroll(unseen.map { ($0.entry.accountID, $0.tokenID) }, at: now) {
      firstDue(unseen[$0].entry, unseen[$0].tokenID, at: now)
    }
    for record in enrolled { known[TokenKey(record.accountID, record.tokenID)] = record }

    var rearranged: [Slot] = []
    rearranged.reserveCapacity(entries.count)
    var moved: [Int: Int] = [:]
    moved.reserveCapacity(slots.count)
    for entry in entries {
      let found = entry.tokenIDs.compactMap { id -> TokenRecord? in
        var record = known[TokenKey(entry.accountID, id)]
        // The strings of the entry, so that each is in memory once.
        record?.accountID = entry.accountID
        if record?.tokenID == id { record?.tokenID = id }
        return record
      }
      guard let first = found.first else { continue }
      let candidates = entry.tokenIDs.compactMap { places[TokenKey(entry.accountID, $0)] }
        .filter { moved[$0] == nil }
      let place = candidates.first { runners[$0] != nil } ?? candidates.first
      if let place { moved[place] = rearranged.count }
      rearranged.append(
        Slot(
          entry: entry, records: TokenRecords(first, found.count > 1 ? found[1] : nil),
          trouble: place.flatMap { slots[$0].trouble }))
    }
    // An entry that left the configuration with a roll in hand stays until the roll is at its end.
    for place in runners.keys.sorted() where moved[place] == nil {
      moved[place] = rearranged.count
      rearranged.append(Slot(entry: slots[place].entry, records: slots[place].records, isConfigured: false))
    }
    take(rearranged, moved: moved)
    dropActions()
  }
}

extension Rotator {
  /// When a token that was just seen for the first time is due; nil where its entry has another beside it, or rolls none.
  private func firstDue(_ entry: Entry, _ tokenID: String, at now: Timestamp) -> Timestamp? {
    guard entry.enabled, entry.tokenIDs.count == 1 else { return nil }
    let record = TokenRecord(accountID: entry.accountID, tokenID: tokenID, firstSeen: now)
    return services.planner.due(entry, TokenRecords(record), at: now)
  }
}

private struct TokenKey: Hashable {
  let account: String
  let token: String

  init(_ account: String, _ token: String) {
    self.account = account
    self.token = token
  }

  /// Tokens of two accounts hardly ever have the same id.
  func hash(into hasher: inout Hasher) { hasher.combine(token) }
}
