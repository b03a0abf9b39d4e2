import JSON

/// All accounts, and which token each secret belongs to.
struct Directory: Sendable {
  /// Where a token is.
  struct Place: Sendable, Hashable {
    let account: String
    let token: String
  }

  private(set) var accounts: [String: Account] = [:]
  private(set) var order: [String] = []
  private var places: [String: Place] = [:]

  /// How many rolls took effect, of all tokens, deleted ones too.
  private(set) var rolls = 0

  func place(ofSecret secret: String) -> Place? { places[secret] }

  subscript(place: Place) -> Token? { accounts[place.account]?[place.token] }

  /// The places of the tokens with this identifier, in any account.
  func places(ofToken id: String) -> [Place] {
    order.filter { accounts[$0]?[id] != nil }.map { Place(account: $0, token: id) }
  }

  /// How often the tokens with this identifier were rolled.
  func rolls(ofToken id: String) -> Int { places(ofToken: id).reduce(0) { $0 + (self[$1]?.rolls ?? 0) } }

  mutating func add(_ account: Account) {
    accounts[account.id] = account
    order.append(account.id)
    for token in account.tokens { places[token.secret] = Place(account: account.id, token: token.id) }
  }

  mutating func add(_ token: Token, to account: String) {
    accounts[account]?.append(token)
    places[token.secret] = Place(account: account, token: token.id)
  }

  mutating func remove(_ place: Place) {
    if let secret = self[place]?.secret { places[secret] = nil }
    accounts[place.account]?.remove(place.token)
  }

  /// Changes a token in place; its secret is changed by `setSecret` alone.
  mutating func update(_ place: Place, _ change: (inout Token) -> Void) {
    guard var token = accounts[place.account]?[place.token] else { return }
    change(&token)
    accounts[place.account]?[place.token] = token
  }

  mutating func setSecret(_ secret: String, of place: Place) {
    guard let old = self[place]?.secret else { return }
    places[old] = nil
    places[secret] = place
    update(place) { $0.secret = secret }
  }

  /// Gives the token a new secret, which the answer is; the old one is refused from now on.
  mutating func roll(_ place: Place, at now: Instant) -> String {
    let secret = Randomness.secret()
    setSecret(secret, of: place)
    update(place) { token in
      token.modifiedOn = now
      token.rolls += 1
    }
    rolls += 1
    return secret
  }
}

// MARK: - JSON

extension Directory {
  /// Reads a fixture or a state.
  init(fixture node: JSONNode, at now: Instant) throws(FieldError) {
    let root = try Fields(node, at: "")
    try root.refuseOthers(than: ["accounts"])
    guard let objects = try root.objects("accounts") else { throw root.failure("accounts", "is required") }
    for fields in objects { add(try Self.account(fields, in: self, at: now)) }
  }

  private static func account(_ fields: Fields, in directory: Directory, at now: Instant) throws(FieldError)
    -> Account
  {
    try fields.refuseOthers(than: ["id", "name", "tokens"])
    let id = try fields.requiredString("id")
    guard id.utf8.count == 32 else { throw fields.failure("id", "must have 32 characters") }
    guard directory.accounts[id] == nil else { throw fields.failure("id", "is another account's") }
    var account = Account(id: id, name: try fields.string("name") ?? "account \(id)")
    var secrets: Set<String> = []
    for object in try fields.objects("tokens") ?? [] {
      let token = try Token(fixture: object, in: id, at: now)
      guard account[token.id] == nil else { throw object.failure("id", "is another token's") }
      guard secrets.insert(token.secret).inserted, directory.place(ofSecret: token.secret) == nil else {
        throw object.failure("secret", "is another token's")
      }
      account.append(token)
    }
    return account
  }

  /// The text of a fixture that makes the same accounts and tokens again.
  func fixture(at now: Instant) -> [UInt8] {
    JSONWriter.object(.pretty) { writer in
      writer.key("accounts")
      writer.beginArray()
      for id in order { accounts[id]?.write(at: now, to: &writer) }
      writer.endArray()
    } + [UInt8(ascii: "\n")]
  }
}
