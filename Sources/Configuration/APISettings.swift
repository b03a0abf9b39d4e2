public import Core

/// `api`: how the API is reached, and how hard it may be pressed.
public struct APISettings: Sendable, Equatable {
  /// `base_url`, without a trailing slash; `http://` only where the host is a loopback address.
  public var baseURL = "https://api.cloudflare.com/client/v4"
  /// `timeout`: for a whole request, 1 s to 10 min.
  public var timeout = TimeSpan.seconds(30)
  /// `connect_timeout`: until TLS is established, 100 ms to `timeout`.
  public var connectTimeout = TimeSpan.seconds(10)
  /// `settle_time`: how long a request that timed out may still take effect at the API, 0 s to 10 min.
  public var settleTime = TimeSpan.seconds(30)
  /// `ca_file`: certificates to trust instead of the system's, an absolute path.
  public var caFile: String?
  /// `max_in_flight`: requests at the same time, 1 to 256.
  public var maxInFlight = 8
  /// `rate_limit`: the budget of each credential.
  public var rateLimit = RateLimit()

  /// The defaults.
  public init() {}
}
