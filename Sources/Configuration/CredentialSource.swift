/// `credentials.NAME`: where the secret of a credential is read.
public struct CredentialSource: Sendable, Equatable {
  /// `file`: an absolute path, or a name in `$CREDENTIALS_DIRECTORY`, as written in the configuration.
  public var file: String

  /// A credential in `file`.
  public init(file: String) { self.file = file }
}
