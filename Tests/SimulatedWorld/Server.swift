internal import Core

/// The API as it is in truth: which secret is in force, and what it says about it.
struct Server {
  /// One token.
  struct Token {
    /// The secret in force; secrets are numbers, none is issued twice.
    var secret: Int
    var previous: Int?
    var changedAt = TimeSpan(microseconds: .min / 2)
    var modifiedOn: Timestamp
    /// Whether the last change was made by somebody else.
    var isForeign = false
  }

  /// One request to roll, with the fate that was drawn for it.
  struct Put {
    let slot: Int
    let roll: RollID
    let sentAt: TimeSpan
    /// When it takes effect; nil where it never does.
    var commitAt: TimeSpan?
    var outcome: Outcome
    /// The secret that it made.
    var secret: Int?
    /// Whether the service has been told, or has given up.
    var isOver = false
  }

  enum Outcome {
    case secret
    case failure(APIFailure)
  }

  var tokens: [Token] = []
  var puts: [Put] = []
  private var issued = 0
  private let epoch: Timestamp

  init(entries: Int, epoch: Timestamp) {
    self.epoch = epoch
    for _ in 0..<entries {
      issued += 1
      tokens.append(Token(secret: issued, modifiedOn: epoch - .days(100)))
    }
  }

  /// The last request of `slot` that was not refused for certain.
  func lastThatMayCommit(_ slot: Int) -> Put? {
    puts.last { put in
      guard put.slot == slot else { return false }
      if case .failure(let failure) = put.outcome { return failure.effect == .unknown }
      return true
    }
  }

  /// A secret that no token has.
  mutating func issue() -> Int {
    issued += 1
    return issued
  }

  mutating func roll(_ slot: Int, at now: TimeSpan, isForeign: Bool) -> Int {
    let secret = issue()
    tokens[slot].previous = tokens[slot].secret
    tokens[slot].secret = secret
    tokens[slot].changedAt = now
    tokens[slot].modifiedOn = epoch + now
    tokens[slot].isForeign = isForeign
    return secret
  }

  /// Somebody changes the name of the token.
  mutating func edit(_ slot: Int, at now: TimeSpan) { tokens[slot].modifiedOn = epoch + now }

  /// Whether one edge or another accepts `secret`: after a change each learns of it in its own time.
  func accepts(_ secret: Int, of slot: Int, at now: TimeSpan, propagation: TimeSpan, dice: inout Dice) -> Bool
  {
    let token = tokens[slot]
    let age = now - token.changedAt
    let knows = age >= propagation || age.microseconds > Int64(dice.below(Int(propagation.microseconds)))
    return secret == token.secret ? knows : secret == token.previous && !knows
  }

  func modifiedOn(_ slot: Int, inSeconds: Bool) -> Timestamp {
    inSeconds ? Timestamp(seconds: tokens[slot].modifiedOn.seconds) : tokens[slot].modifiedOn
  }
}
