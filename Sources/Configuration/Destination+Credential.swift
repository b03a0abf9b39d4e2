extension Destination {
  /// The name of the credential under which the secret is encrypted: `name`, or the last component of `file`.
  public var credentialName: String { name ?? fileName }
}

extension Destination.Format {
  /// Whether the secret in force can be read back from a file of this format, for a template as a rule.
  public var holdsReadableSecret: Bool {
    switch self {
    case .raw, .env, .json, .template: true
    case .r2Env, .r2JSON, .credential: false
    }
  }
}
