public import Core

/// What an answer says of the budget of requests (`Ratelimit`, draft-ietf-httpapi-ratelimit-headers).
public struct RateLimitStatus: Sendable, Equatable {
  /// Requests that are left until `reset`, 0 or more.
  public var remaining: Int
  /// The time until the budget is whole again, 0 or more, where the answer says it.
  public var reset: TimeSpan?

  /// A status of these parts.
  public init(remaining: Int, reset: TimeSpan?) {
    self.remaining = remaining
    self.reset = reset
  }
}
