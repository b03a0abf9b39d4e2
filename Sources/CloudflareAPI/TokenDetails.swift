public import Core

/// A token as the API describes it: everything but its secret.
public struct TokenDetails: Sendable, Equatable {
  /// The identifier of the token.
  public var id: String
  /// The name of the token; empty where the answer has none.
  public var name: String
  /// The status of the token.
  public var status: TokenStatus
  /// When the token was created.
  public var issuedOn: Timestamp?
  /// When the token was last changed; a roll moves it.
  public var modifiedOn: Timestamp?
  /// When the token was last used, as far as the API knows yet.
  public var lastUsedOn: Timestamp?
  /// When the token expires, where it does.
  public var expiresOn: Timestamp?
  /// Before when the token is not accepted, where that is limited.
  public var notBefore: Timestamp?
  /// The policies as a JSON array, without the members that the API lets no one write: fit for `NewToken`.
  public var policiesJSON: [UInt8]
  /// What the policies say.
  public var policies: [TokenPolicy]
  /// The condition as a JSON object, where there is one.
  public var conditionJSON: [UInt8]?

  /// A token of these parts.
  public init(
    id: String, name: String = "", status: TokenStatus, issuedOn: Timestamp? = nil,
    modifiedOn: Timestamp? = nil,
    lastUsedOn: Timestamp? = nil, expiresOn: Timestamp? = nil, notBefore: Timestamp? = nil,
    policiesJSON: [UInt8] = Array("[]".utf8), policies: [TokenPolicy] = [], conditionJSON: [UInt8]? = nil
  ) {
    self.id = id
    self.name = name
    self.status = status
    self.issuedOn = issuedOn
    self.modifiedOn = modifiedOn
    self.lastUsedOn = lastUsedOn
    self.expiresOn = expiresOn
    self.notBefore = notBefore
    self.policiesJSON = policiesJSON
    self.policies = policies
    self.conditionJSON = conditionJSON
  }
}

extension TokenDetails {
  /// The permission without which nobody rolls a token of an account, as the API names it.
  public static let rollingPermission = "Account API Tokens Write"

  /// The name, without what could upset a terminal.
  public var printableName: String { printable(name) }

  /// The names of the permission groups of all policies, in their order, each once.
  public var permissionGroups: [String] {
    var names: [String] = []
    for name in policies.flatMap(\.permissionGroups) where !names.contains(name) { names.append(name) }
    return names
  }

  /// Whether a policy allows that tokens of the account are rolled and made, and none denies it.
  public var mayRollTokens: Bool {
    let about = policies.filter { $0.permissionGroups.contains(Self.rollingPermission) }
    return !about.isEmpty && about.allSatisfy(\.isAllowing)
  }

  /// What the policies come to, in no order.
  public var reach: Set<TokenPolicy.Reach> { Set(policies.map(\.reach)) }

  /// When the secret or anything else was last changed, as far as is known; a roll is such a change.
  public var changedOn: Timestamp? { modifiedOn ?? issuedOn }

  /// What the policies say, in words.
  public var policiesInWords: String {
    policies.isEmpty ? "no policies" : policies.map(\.description).joined(separator: "; ")
  }
}
