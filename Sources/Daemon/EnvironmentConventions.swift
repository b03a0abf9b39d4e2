internal import Configuration
internal import Glibc
internal import Platform
internal import Store
internal import Systemd

/// The variables by which Cloudflare's own tools are told about the API, honoured by the commands that do one thing and end.
///
/// What a configuration says goes before them, as it does with those tools.
struct EnvironmentConventions {
  /// `CLOUDFLARE_API_TOKEN`.
  static let tokenVariable = "CLOUDFLARE_API_TOKEN"
  /// `CLOUDFLARE_ACCOUNT_ID`.
  static let accountVariable = "CLOUDFLARE_ACCOUNT_ID"
  /// `CLOUDFLARE_BASE_URL`.
  static let addressVariable = "CLOUDFLARE_BASE_URL"

  let token: Secret?
  let accountID: String?
  private let baseURL: String?

  /// Reads them; the secret is overwritten in the environment, for whoever looks at the process later.
  static func take() throws(ServiceFailure) -> EnvironmentConventions {
    // The conventions of the ecosystem allow a slash at the end.
    let address = environment(addressVariable).map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
    if let address, let refusal = BaseURL.refusal(of: address) {
      throw ServiceFailure(
        kind: .usage, description: "the variable \(addressVariable) cannot be used: \(refusal)")
    }
    return EnvironmentConventions(
      token: takeSecret(tokenVariable), accountID: environment(accountVariable), baseURL: address)
  }

  private static func takeSecret(_ name: String) -> Secret? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    let bytes = UnsafeMutableRawBufferPointer(start: value, count: strlen(value))
    let secret = Secret(copying: UnsafeRawBufferPointer(bytes))
    wipe(bytes)
    unsetenv(name)
    return secret
  }

  /// The configuration, with the address of the API where it names none of its own.
  func applied(to configuration: Configuration) -> Configuration {
    var configuration = configuration
    configuration.api = applied(to: configuration.api)
    return configuration
  }

  /// The settings, with the address of the API where they name none of their own.
  func applied(to api: APISettings) -> APISettings {
    var api = api
    if let baseURL, api.baseURL == APISettings().baseURL { api.baseURL = baseURL }
    return api
  }

  /// Reads the credentials of `configuration`; where it has one alone, whose file does not exist, the token stands in.
  func reader(for configuration: Configuration) -> CredentialReader {
    CredentialReader(
      directory: CredentialsDirectory.current, standIn: configuration.credentials.count == 1 ? token : nil,
      successors: Successors(stateDirectory: configuration.stateDirectory))
  }
}
