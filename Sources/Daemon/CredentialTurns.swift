internal import Platform

/// Keeps rolls of the service's credentials apart where one needs what the other replaces: they take turns.
///
/// A turn lasts until the new secret has proved itself or the roll is known not to have happened, so that of two credentials
/// that roll each other one is always known to be good.
@RotationActor final class CredentialTurns {
  /// What a roll replaces, and what it needs for that.
  struct Turn {
    var replaced: String
    var needed: String

    func excludes(_ other: Turn) -> Bool {
      replaced == other.replaced || replaced == other.needed || needed == other.replaced
    }
  }

  /// The right to a roll; give it back with `end`.
  struct Ticket: Hashable {
    fileprivate let number: UInt64
  }

  private var held: [Ticket: Turn] = [:]
  private var waiting: [(turn: Turn, continuation: CheckedContinuation<Ticket?, Never>)] = []
  private var count: UInt64 = 0
  private var isClosed = false

  /// Waits until no roll is in hand that excludes `turn`; nil once the turns are closed.
  func take(_ turn: Turn) async -> Ticket? {
    guard !isClosed else { return nil }
    return await withCheckedContinuation { continuation in
      waiting.append((turn, continuation))
      admit()
    }
  }

  /// Takes a turn without waiting, for a roll that is in hand as it is: a restart found it.
  func seize(_ turn: Turn) -> Ticket {
    count += 1
    let ticket = Ticket(number: count)
    held[ticket] = turn
    return ticket
  }

  /// Gives a turn back.
  func end(_ ticket: Ticket) {
    held[ticket] = nil
    admit()
  }

  /// Sends everybody away, now and later.
  func close() {
    isClosed = true
    let waiters = waiting
    waiting = []
    for waiter in waiters { waiter.continuation.resume(returning: nil) }
  }

  /// How many wait.
  var waitingCount: Int { waiting.count }

  /// In the order in which they came; nobody overtakes one whom it would hold up.
  private func admit() {
    var left: [(turn: Turn, continuation: CheckedContinuation<Ticket?, Never>)] = []
    for waiter in waiting {
      let isExcluded =
        held.values.contains { $0.excludes(waiter.turn) } || left.contains { $0.turn.excludes(waiter.turn) }
      if isExcluded {
        left.append(waiter)
      } else {
        waiter.continuation.resume(returning: seize(waiter.turn))
      }
    }
    waiting = left
  }
}
