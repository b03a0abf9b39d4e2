internal import Configuration
internal import Core
internal import Platform
internal import Store

// MARK: - What a stop or a crash left unfinished

extension Rotator {
  /// What a restart found in hand.
  struct Unfinished {
    var rolls: [(slot: Int, row: Int64, roll: UnsettledRoll, escrowPath: String?)] = []
  }

  func findUnfinished() throws -> Unfinished {
    var escrows: [RollID: (path: String, token: String?)] = [:]
    var unaccounted: [(path: String, roll: RollID?)] = []
    for item in try services.publisher.escrow.contents() {
      if let roll = item.roll {
        escrows[roll] = (item.path, item.token)
      } else {
        unaccounted.append((item.path, nil))
      }
    }
    var taken: Set<Int> = []
    var unfinished = Unfinished()
    for (row, entry, found) in try services.store.unsettled() {
      var roll = found
      let escrow = escrows.removeValue(forKey: roll.id)
      let path = escrow?.path
      roll.isEscrowed = escrow != nil
      if roll.isReplacement { roll.newTokenID = escrow?.token }
      guard let slot = slotsByRow[row] else {
        reportMissing(entry, roll, path)
        continue
      }
      guard taken.insert(slot).inserted else {
        reportSecond(slots[slot].entry.name, roll, path)
        continue
      }
      unfinished.rolls.append((slot, row, roll, path))
    }
    for (roll, (path, _)) in escrows {
      if try services.store.isClosed(roll) {
        eraseClosed(path)
      } else {
        unaccounted.append((path, roll))
      }
    }
    for (path, roll) in unaccounted {
      let help = roll.flatMap { roll in
        Escrow.form(of: path) == .encrypted
          ? " It is encrypted, and root opens it with: \(EscrowCredential.command(toOpen: path, of: roll))"
          : nil
      }
      services.log.record(
        Event(
          .escrowUnknown,
          "The secret in \(path) belongs to no roll that the state database knows; it is kept. Its name says the entry "
            + "and the token: if the token's consumers are refused, publish it by hand, then remove the file."
            + (help ?? "")
        ))
    }
    return unfinished
  }

  /// A leftover that cannot be erased is no reason not to roll.
  private func eraseClosed(_ path: String) {
    do throws(SystemError) {
      try services.publisher.escrow.erase(path)
    } catch {
      services.log.record(
        Event(
          .escrowNotErased,
          "The escrow of a roll that is settled could not be erased: \(error). It is tried again at the next start."
        ))
    }
  }

  private func reportMissing(_ entry: String, _ roll: UnsettledRoll, _ path: String?) {
    reportLeft(
      entry, roll, path,
      "the entry is no longer in the configuration. Put the entry back to have it brought to its end.")
  }

  /// Two entries with a roll in hand each were made one pair while the service was stopped.
  private func reportSecond(_ entry: String, _ roll: UnsettledRoll, _ path: String?) {
    reportLeft(
      entry, roll, path,
      "that of the other token of the pair comes first. Restart the service once that one has settled.")
  }

  private func reportLeft(_ entry: String, _ roll: UnsettledRoll, _ path: String?, _ why: String) {
    let place = path.map { "its secret is kept in \($0)" } ?? "whether it took place is not known"
    var event = Event(
      .escrowUnknown, "A roll of the entry \"\(entry)\" has not settled, \(place), and \(why)")
    event.entry = entry
    event.rollID = roll.id.description
    services.log.record(event)
  }
}
