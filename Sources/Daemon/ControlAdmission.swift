internal import Core

/// Decides who makes room when all places at the control socket are taken.
enum ControlAdmission {
  /// The most connections at a time.
  static let limit = 32
  /// How long a client may keep a place without a sign of life and without a call in hand.
  static let patience = TimeSpan.seconds(60)

  /// What is known of a connection.
  struct Occupant {
    var mayChange: Bool
    /// It has no call in hand, or does not take its replies.
    var isIdle: Bool
    var lastActive: TimeSpan
  }

  /// Whom a newcomer replaces; nil where the newcomer is turned away.
  ///
  /// The one who has been idle the longest; for one who may change things also anybody who may only read, so that no reader
  /// can keep an operator out.
  static func victim(_ occupants: [Occupant], newcomerMayChange: Bool) -> Int? {
    let candidates = occupants.indices.filter { index in
      let occupant = occupants[index]
      if newcomerMayChange { return occupant.isIdle || !occupant.mayChange }
      return occupant.isIdle && !occupant.mayChange
    }
    func rank(_ index: Int) -> (Int, Int, TimeSpan) {
      let occupant = occupants[index]
      return (occupant.mayChange ? 1 : 0, occupant.isIdle ? 0 : 1, occupant.lastActive)
    }
    return candidates.min { rank($0) < rank($1) }
  }
}
