public import Core

/// What the API says of a secret that it accepts.
public struct TokenVerification: Sendable, Equatable {
  /// The identifier of the token whose secret it is.
  public var id: String
  /// The status of the token.
  public var status: TokenStatus
  /// When the token expires, where it does.
  public var expiresOn: Timestamp?
  /// Before when the token is not accepted, where that is limited.
  public var notBefore: Timestamp?

  /// A verification of these parts.
  public init(id: String, status: TokenStatus, expiresOn: Timestamp? = nil, notBefore: Timestamp? = nil) {
    self.id = id
    self.status = status
    self.expiresOn = expiresOn
    self.notBefore = notBefore
  }
}
