/// By what a token is told from all others: its account and its id.
@frozen public struct TokenIdentity: Hashable, Sendable {
  /// The account's id.
  public let account: String
  /// The token's id.
  public let token: String

  /// The token `token` of the account `account`.
  @inlinable public init(account: String, token: String) {
    self.account = account
    self.token = token
  }

  /// Hashes the token alone, for tokens of two accounts hardly ever have the same id.
  @inlinable public func hash(into hasher: inout Hasher) { hasher.combine(token) }
}
