/// A budget of requests: `requests` in any `per`. The default is what Cloudflare allows a user.
public struct RateLimit: Sendable, Hashable {
  /// Requests allowed, 1 to 1,000,000.
  public var requests: Int
  /// In what time, 1 s to 1 day.
  public var per: TimeSpan

  /// Cloudflare's: 1,200 requests in 5 minutes (developer documentation, "Rate limits").
  public init(requests: Int = 1_200, per: TimeSpan = .minutes(5)) {
    self.requests = requests
    self.per = per
  }
}
