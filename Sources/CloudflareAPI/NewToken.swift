public import Core

/// What a token that is to be created shall be.
public struct NewToken: Sendable, Equatable {
  /// Its name, at most 120 characters.
  public var name: String
  /// Its policies as a JSON array, such as `TokenDetails.policiesJSON`.
  public var policiesJSON: [UInt8]
  /// Its condition as a JSON object, where it is to have one.
  public var conditionJSON: [UInt8]?
  /// When it expires, where it is to; sent in whole seconds.
  public var expiresOn: Timestamp?
  /// Before when it is not accepted, where that is to be limited; sent in whole seconds.
  public var notBefore: Timestamp?

  /// A token of these parts.
  public init(
    name: String, policiesJSON: [UInt8], conditionJSON: [UInt8]? = nil, expiresOn: Timestamp? = nil,
    notBefore: Timestamp? = nil
  ) {
    self.name = name
    self.policiesJSON = policiesJSON
    self.conditionJSON = conditionJSON
    self.expiresOn = expiresOn
    self.notBefore = notBefore
  }

  /// A token with the rights and limits of `token`, under another name.
  public init(like token: TokenDetails, name: String) {
    self.init(
      name: name, policiesJSON: token.policiesJSON, conditionJSON: token.conditionJSON,
      expiresOn: token.expiresOn,
      notBefore: token.notBefore)
  }
}
