/// A token that was created, with its secret: the only copy.
public struct CreatedToken: Sendable {
  /// The token; nil where the answer held the secret, and nothing else of use.
  public var details: TokenDetails?
  /// Its secret.
  public var secret: RolledSecret

  /// A created token of these parts.
  public init(details: TokenDetails?, secret: RolledSecret) {
    self.details = details
    self.secret = secret
  }
}
