public import Core

/// What the operator asked for: the configuration file, decoded, with every default filled in.
public struct Configuration: Sendable, Equatable {
  /// How the API is reached.
  public var api: APISettings
  /// The credentials by name.
  public var credentials: [String: CredentialSource]
  /// The entries, in the order of the file.
  public var tokens: [Entry]
  /// An absolute path; the default is `$STATE_DIRECTORY`, and without it `/var/lib/tokenroll`.
  public var stateDirectory: String
  /// `escrow`: how new secrets are kept until they are settled.
  public var escrow: EscrowForm
  /// `wait_for_clock`: nothing is rolled before the clock was synchronised since the machine started.
  public var waitForClock: Bool
  /// `metrics`: the file with numbers for monitoring; nil where there is none.
  public var metrics: MetricsSettings?

  /// A configuration of these parts.
  public init(
    api: APISettings, credentials: [String: CredentialSource], tokens: [Entry], stateDirectory: String,
    escrow: EscrowForm = .plain, waitForClock: Bool = false, metrics: MetricsSettings? = nil
  ) {
    self.api = api
    self.credentials = credentials
    self.tokens = tokens
    self.stateDirectory = stateDirectory
    self.escrow = escrow
    self.waitForClock = waitForClock
    self.metrics = metrics
  }
}
