public import CloudflareAPI
internal import Configuration
public import Core
internal import Glibc
internal import JSON
public import Platform

/// What `tokenroll discover` finds: the tokens of an account, and a configuration for them.
@RotationActor public struct Discovery {
  /// What is looked for, and with what.
  public struct Options: Sendable {
    /// The configuration's path.
    public var configurationFile: String
    /// The name of a credential in it; nil for that of the environment, or the only one of the configuration.
    public var credential: String?
    /// The account; nil for that of the environment, or the only one of the configuration.
    public var account: String?
    /// A pattern of names as in a shell (glob(7)); nil for all.
    public var pattern: String?
    /// The least time since a token was changed; nil for all.
    public var age: TimeSpan?

    /// Options of these parts.
    public init(
      configurationFile: String, credential: String?, account: String?, pattern: String?, age: TimeSpan?
    ) {
      self.configurationFile = configurationFile
      self.credential = credential
      self.account = account
      self.pattern = pattern
      self.age = age
    }
  }

  /// The account.
  public nonisolated let account: String
  /// The tokens that were chosen, in the order of the API.
  public nonisolated let tokens: [TokenDetails]
  /// The number of tokens of the account, chosen or not.
  public nonisolated let total: Int
  /// The token that is the credential itself; nil where that is a token of a user.
  public nonisolated let own: String?
  /// When it was looked.
  public nonisolated let now: Timestamp

  let api: APISettings
  let credential: (name: String, source: CredentialSource)

  /// Lists the tokens; throws `ServiceFailure`: `usage` where it is not said with what, `unavailable` where the API did not answer.
  public static func run(_ options: Options) async throws(ServiceFailure) -> Discovery {
    try Workplace.prepareProcess()
    let access = try AccountAccess(options)
    let client: CloudflareClient
    do throws(ClientError) {
      client = try CloudflareClient(access.api)
    } catch {
      throw ServiceFailure(kind: .unavailable, description: "\(error)")
    }
    defer { client.shutdown() }
    let tokens: [TokenDetails]
    switch await AccountTokens.list(access.account, client, access.secret) {
    case .success(let list): tokens = list
    case .failure(let failure):
      throw ServiceFailure(
        kind: .unavailable,
        description: "the tokens of account \(access.account) cannot be listed: \(failure); "
          + Cure.listing(failure, credential: access.name))
    }
    let verification = await client.verify(account: access.account, secret: access.secret).result
    return Discovery(access, tokens, own: (try? verification.get())?.id, options)
  }

  private init(_ access: AccountAccess, _ tokens: [TokenDetails], own: String?, _ options: Options) {
    account = access.account
    api = access.api
    credential = (access.name, access.source)
    now = SystemClock().now
    total = tokens.count
    self.own = own
    let now = now
    self.tokens = tokens.filter { token in
      (options.pattern.map { fnmatch($0, token.name, 0) == 0 } ?? true)
        && (options.age.map { age in token.changedOn.map { now - $0 >= age } ?? false } ?? true)
    }
  }
}
