internal import Configuration
internal import Core
internal import Platform
internal import Store

// MARK: - The slots of a configuration

extension Rotator {
  /// A token that an entry of the configuration names.
  private struct NamedToken {
    /// The entry's place in the configuration.
    let entry: Int
    let id: String
    /// Where it is among those that are known; nil as long as it is not.
    var place: Int?
  }

  /// Makes the slots those of the configuration; tokens that were never seen are enrolled.
  func arrange() throws {
    let entries = services.configuration.tokens
    var known = knownTokens(capacity: entries.count)
    // Loops over indices, here and below: with many entries, copies and closures are most of the work.
    var named: [NamedToken] = []
    named.reserveCapacity(entries.count)
    for index in entries.indices {
      named.append(NamedToken(entry: index, id: entries[index].tokenID))
      if let twin = entries[index].twinID { named.append(NamedToken(entry: index, id: twin)) }
    }
    var unseen = find(&named, of: entries, in: &known)
    // At the start, and where a token is new or comes back.
    if !unseen.isEmpty {
      let records = try services.store.tokens()
      for index in records.indices {
        guard let attempt = records[index].lastAttempt else { continue }
        lastRecorded = max(attempt, lastRecorded ?? attempt)
      }
      known.take(records)
      unseen = find(&named, of: entries, in: &known)
    }
    if known.hasReplaced { try nameByCurrent(named, of: entries, in: &known) }
    try enroll(unseen, of: &named, of: entries, in: &known)

    var rearranged: [Slot] = []
    rearranged.reserveCapacity(entries.count)
    var moved = [Int?](repeating: nil, count: slots.count)
    var rest = named[...]
    for entry in entries {
      let (token, twin) = (rest.removeFirst(), entry.twinID == nil ? nil : rest.removeFirst())
      guard let record = record(token, of: entry, in: known) else { continue }
      var place = free(token, in: known, moved)
      if let twin, let other = free(twin, in: known, moved) {
        // That which has a roll in hand goes first.
        if place == nil || !isBusy(place) && isBusy(other) { place = other }
      }
      var slot = Slot(
        entry: entry, records: TokenRecords(record, twin.flatMap { self.record($0, of: entry, in: known) }))
      if let place {
        moved[place] = rearranged.count
        slot.trouble = slots[place].trouble
      }
      rearranged.append(slot)
    }
    // An entry that left the configuration with a roll in hand stays until the roll is at its end.
    for place in runners.keys.sorted() where moved[place] == nil {
      moved[place] = rearranged.count
      rearranged.append(Slot(entry: slots[place].entry, records: slots[place].records, isConfigured: false))
    }
    take(rearranged, moved: moved)
    dropActions()
  }

  /// The tokens of the slots; a roll in hand goes where its token goes.
  private func knownTokens(capacity: Int) -> KnownTokens {
    var known = KnownTokens(capacity: max(capacity, slots.count))
    // An entry that is gone knows of its own roll alone; what it knows of that counts.
    for index in slots.indices where !slots[index].isConfigured {
      if let runner = runners[index] { known.take(runner.record, slot: index, mayRepeat: true) }
    }
    for index in slots.indices where slots[index].isConfigured {
      if let runner = runners[index] {
        for record in runner.records.all {
          known.take(record, slot: record.row == runner.record.row ? index : nil, mayRepeat: false)
        }
      } else {
        known.take(slots[index].records.inUse, slot: index, mayRepeat: false)
        if let standby = slots[index].records.standby { known.take(standby, slot: index, mayRepeat: false) }
      }
    }
    return known
  }

  /// Finds what is known of tokens that were not found before; returns which are not known.
  private func find(_ named: inout [NamedToken], of entries: [Entry], in known: inout KnownTokens) -> [Int] {
    var unseen: [Int] = []
    for index in named.indices where named[index].place == nil {
      named[index].place = known.place(of: named[index].id, in: entries[named[index].entry].accountID)
      if named[index].place == nil { unseen.append(index) }
    }
    return unseen
  }

  /// Has the state name tokens as the configuration does that names them by what is in their place now.
  private func nameByCurrent(
    _ named: [NamedToken], of entries: [Entry], in known: inout KnownTokens
  ) throws {
    try refuseReplacedTwice(
      named.compactMap { token in token.place.map { (entries[token.entry].name, known.tokens[$0].record) } })
    for token in named {
      guard let place = token.place else { continue }
      let record = known.tokens[place].record
      guard record.enrolledID != nil, record.tokenID == token.id else { continue }
      try services.store.nameByCurrent(record.row)
      known.forgetEnrolled(place)
      for runner in runners.values { runner.forgetEnrolled(record.row) }
    }
  }

  /// Takes tokens in that were never seen.
  private func enroll(
    _ unseen: [Int], of named: inout [NamedToken], of entries: [Entry], in known: inout KnownTokens
  ) throws {
    let now = services.clock.now
    var tokens: [(accountID: String, tokenID: String)] = []
    tokens.reserveCapacity(unseen.count)
    for index in unseen { tokens.append((entries[named[index].entry].accountID, named[index].id)) }
    let enrolled = try services.store.enroll(tokens, at: now) {
      firstDue(entries[named[unseen[$0]].entry], at: now)
    }
    for (index, record) in zip(unseen, enrolled) {
      named[index].place = known.tokens.count
      known.take(record, slot: nil, mayRepeat: false)
    }
  }

  /// When an entry is due whose token is seen for the first time `now`; nil where it has another beside it, or is not rolled.
  private func firstDue(_ entry: Entry, at now: Timestamp) -> Timestamp? {
    guard entry.enabled, entry.twinID == nil else { return nil }
    return services.planner.firstDue(entry, at: now)
  }

  private func record(_ token: NamedToken, of entry: Entry, in known: KnownTokens) -> TokenRecord? {
    guard let place = token.place else { return nil }
    var record = known.tokens[place].record
    // The strings of the entry, so that each is in memory once.
    record.accountID = entry.accountID
    if record.tokenID == token.id { record.tokenID = token.id }
    return record
  }

  /// The slot that has a token, unless it was given to another entry.
  private func free(_ token: NamedToken, in known: KnownTokens, _ moved: [Int?]) -> Int? {
    guard let place = token.place, let slot = known.tokens[place].slot, moved[slot] == nil else { return nil }
    return slot
  }

  private func isBusy(_ slot: Int?) -> Bool { slot.map { runners[$0] != nil } ?? false }
}
