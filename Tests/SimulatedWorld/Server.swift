internal import Core

/// The API as it is in truth: which secret is in force, and what it says about it.
struct Server {
  /// One token.
  struct Token {
    /// The entry that it is of.
    let slot: Int
    /// The secret in force; secrets are numbers, none is issued twice.
    var secret: Int
    var previous: Int?
    var changedAt = TimeSpan(microseconds: .min / 2)
    var modifiedOn: Timestamp
    /// Whether the last change was made by somebody else.
    var isForeign = false
    /// The roll that its name says.
    var maker: RollID?
    var isDeleted = false
    /// When the last destination got another secret than its own.
    var givenUpAt: TimeSpan?
  }

  /// One request to roll, with the fate that was drawn for it.
  struct Put {
    let slot: Int
    let roll: RollID
    let sentAt: TimeSpan
    /// The token that it rolls, or creates: that is known once it took effect.
    var token: Int?
    let creates: Bool
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
  /// By secret the token that it was issued for.
  private var owners: [Int?] = [nil]
  private let epoch: Timestamp

  init(epoch: Timestamp) { self.epoch = epoch }

  /// Somebody creates a token.
  mutating func create(of slot: Int, by maker: RollID? = nil, at now: TimeSpan? = nil) -> Int {
    let secret = issue(for: tokens.count)
    var token = Token(slot: slot, secret: secret, modifiedOn: now.map { epoch + $0 } ?? epoch - .days(100))
    token.maker = maker
    if let now { token.changedAt = now }
    tokens.append(token)
    return tokens.count - 1
  }

  /// The last request for `token` that was not refused for certain.
  func lastThatMayCommit(_ token: Int) -> Put? {
    puts.last { put in
      guard put.token == token, !put.creates else { return false }
      if case .failure(let failure) = put.outcome { return failure.effect == .unknown }
      return true
    }
  }

  /// A new secret, which is that of no token so far.
  mutating func issue(for token: Int?) -> Int {
    owners.append(token)
    return owners.count - 1
  }

  /// The token that `secret` was issued for.
  func owner(_ secret: Int) -> Int? { owners[secret] }

  /// Whether `secret` is in force, in truth.
  func isInForce(_ secret: Int) -> Bool {
    owner(secret).map { tokens[$0].secret == secret && !tokens[$0].isDeleted } ?? false
  }

  mutating func roll(_ token: Int, at now: TimeSpan, isForeign: Bool) -> Int {
    let secret = issue(for: token)
    tokens[token].previous = tokens[token].secret
    tokens[token].secret = secret
    tokens[token].changedAt = now
    tokens[token].modifiedOn = epoch + now
    tokens[token].isForeign = isForeign
    return secret
  }

  /// Somebody changes the name of the token.
  mutating func edit(_ token: Int, at now: TimeSpan) { tokens[token].modifiedOn = epoch + now }

  /// The token of which one edge or another accepts `secret`: after a change each learns of it in its own time.
  func accepts(_ secret: Int, at now: TimeSpan, propagation: TimeSpan, dice: inout Dice) -> Int? {
    guard let owner = owner(secret), !tokens[owner].isDeleted else { return nil }
    let token = tokens[owner]
    let age = now - token.changedAt
    let knows = age >= propagation || age.microseconds > Int64(dice.below(Int(propagation.microseconds)))
    return (secret == token.secret ? knows : secret == token.previous && !knows) ? owner : nil
  }

  func modifiedOn(_ token: Int, inSeconds: Bool) -> Timestamp {
    inSeconds ? Timestamp(seconds: tokens[token].modifiedOn.seconds) : tokens[token].modifiedOn
  }
}
