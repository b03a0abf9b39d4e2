internal import Configuration
internal import Core
internal import Platform

/// With which credential an account is looked at: from the configuration, or from the environment.
@RotationActor struct AccountAccess {
  let account: String
  let name: String
  let source: CredentialSource
  let secret: Secret
  let api: APISettings

  /// The credential in a configuration that is written for a credential of the environment.
  private static let usual = "cloudflare"

  init(_ options: Discovery.Options) throws(ServiceFailure) {
    let environment = try EnvironmentConventions.take()
    let configuration: Configuration?
    if options.credential == nil, let token = environment.token {
      configuration = nil
      (name, secret) = (Self.usual, token)
      source = CredentialSource(file: Self.usual)
      api = environment.applied(to: APISettings())
    } else {
      let known = try Self.load(options)
      let (name, source) = try Self.credential(options.credential, known)
      do throws(SystemError) {
        secret = try environment.reader(for: known).read(source, name: name).secret
      } catch {
        throw ServiceFailure(kind: .noInput, description: error.description)
      }
      (self.name, self.source, api) = (name, source, environment.applied(to: known.api))
      configuration = known
    }
    account = try Self.account(options.account ?? environment.accountID, configuration)
  }

  private static func load(_ options: Discovery.Options) throws(ServiceFailure) -> Configuration {
    do throws(ConfigurationFile.Failure) {
      return try ConfigurationFile.load(options.configurationFile)
    } catch {
      guard options.credential == nil, case .unreadable = error else { throw ServiceFailure(error) }
      throw ServiceFailure(
        kind: .usage,
        description: "\(error.description); give --config and --credential, or set "
          + "\(EnvironmentConventions.tokenVariable) and \(EnvironmentConventions.accountVariable)")
    }
  }

  private static func credential(
    _ name: String?, _ configuration: Configuration
  ) throws(ServiceFailure) -> (String, CredentialSource) {
    let names = configuration.credentials.keys.sorted()
    if let name = name ?? (names.count == 1 ? names[0] : nil) {
      if let source = configuration.credentials[name] { return (name, source) }
      let nearest = Spelling.nearest(to: name, of: names).map { "; did you mean \"\($0)\"?" } ?? ""
      throw ServiceFailure(
        kind: .usage, description: "there is no credential \"\(name)\" in the configuration\(nearest)")
    }
    throw ServiceFailure(
      kind: .usage,
      description: "give --credential with one of \(names.joined(separator: ", "))")
  }

  private static func account(
    _ named: String?, _ configuration: Configuration?
  ) throws(ServiceFailure) -> String {
    let known = Set(configuration?.tokens.map(\.accountID) ?? [])
    if let account = named ?? (known.count == 1 ? known.first : nil) {
      guard account.utf8.count == 32,
        account.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
      else {
        throw ServiceFailure(
          kind: .usage, description: "\"\(account)\" is no account: it has 32 lower-case hexadecimal digits")
      }
      return account
    }
    throw ServiceFailure(
      kind: .usage,
      description:
        "give --account with the account's identifier, or set \(EnvironmentConventions.accountVariable)")
  }
}
