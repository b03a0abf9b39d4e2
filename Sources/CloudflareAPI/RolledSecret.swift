public import Platform

/// The new secret of a token that was rolled: the only copy.
public struct RolledSecret: Sendable {
  /// The secret, byte for byte as the API gave it, whatever its form.
  public var secret: Secret
  /// In what the form of the secret differs from the documented one; a clause without the secret in it.
  public var warning: String?

  /// A rolled secret of these parts.
  public init(secret: Secret, warning: String? = nil) {
    self.secret = secret
    self.warning = warning
  }
}
