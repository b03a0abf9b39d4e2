/// How a roll ended, as the history keeps it.
public enum RollOutcome: String, Sendable, CaseIterable {
  /// Published everywhere and verified.
  case settled
  /// Published everywhere; whether the secret is in force could not be found out.
  case unverified
  /// Published everywhere, and the API refuses the secret.
  case refusedSecret = "refused-secret"
  /// Published everywhere, and the secret belongs to another token.
  case otherToken = "other-token"
  /// A standby was rolled or a token created, and its secret published nowhere, for the API does not accept it.
  case withheld
  /// Not sent, or refused: the old secret stayed in force.
  case notRolled = "not-rolled"
  /// The outcome was uncertain; the old secret turned out to be in force, or was not touched by a replacement.
  case didNotHappen = "did-not-happen"
  /// It took place and its secret is lost; another roll followed.
  case lost

  /// Whether no automatic roll follows: two programs that roll the same token would go on forever.
  public var holdsEntry: Bool { self == .refusedSecret }
}
