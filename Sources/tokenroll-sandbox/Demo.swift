/// Accounts and tokens that are made up, for trying the service out.
enum Demo {
  /// The name of the token that may roll the others.
  static let credential = "credential"

  /// The accounts, each with `tokens` tokens and one more that may roll them.
  static func directory(accounts: [String], tokens: Int, at now: Instant) -> Directory {
    var directory = Directory()
    for (index, id) in (accounts.isEmpty ? [Randomness.identifier()] : accounts).enumerated() {
      var account = Account(id: id, name: "demo account \(index + 1)")
      account.append(token(credential, PermissionGroup.tokensWrite, in: id, at: now))
      for number in 0..<tokens { account.append(token("token-\(number + 1)", "DNS Write", in: id, at: now)) }
      directory.add(account)
    }
    return directory
  }

  private static func token(_ name: String, _ permission: String, in account: String, at now: Instant)
    -> Token
  {
    let groups = PermissionGroup.named(permission).map { [$0] } ?? []
    let issued = Instant(microseconds: now.microseconds / 1_000_000 * 1_000_000).adding(days: -90)
    return Token(
      id: Randomness.identifier(),
      body: Token.Body(name: name, policies: [Policy(allowing: groups, in: account)]),
      secret: Randomness.secret(),
      issuedOn: issued, modifiedOn: issued)
  }
}
