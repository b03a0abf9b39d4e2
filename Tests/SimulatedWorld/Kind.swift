/// How an entry comes by a new secret.
enum Kind: CaseIterable {
  /// Its one token is rolled.
  case single
  /// Of its two tokens the one that consumers do not hold is rolled.
  case pair
  /// Another token takes the place of its token, which is deleted later.
  case replacement
}
