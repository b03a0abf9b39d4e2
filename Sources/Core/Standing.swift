/// What the API says about a secret that was presented to `/tokens/verify`.
public enum Standing: Sendable, Equatable {
  /// Accepted, as the entry's token; `status` is `active`, `disabled` or `expired`, or what the API says instead.
  case inForce(status: String)
  /// Accepted, as another token: entries or files are crossed.
  case otherToken(id: String)
  /// 401: not a secret in force.
  case refused(String)
  /// It could not be found out: no network, a 5xx, a token that may not be used from this host.
  case unknown(String)
  /// There is no secret to ask with.
  case unavailable
}
