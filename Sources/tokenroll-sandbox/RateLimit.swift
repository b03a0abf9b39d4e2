/// How many calls a credential may make, and for how long it is blocked when it makes more.
struct RateLimit: Sendable, Equatable {
  let calls: Int
  let seconds: Int64

  /// What Cloudflare documents: 1,200 calls in five minutes, and past them every call blocked for five minutes.
  static let documented = RateLimit(calls: 1200, seconds: 300)

  init(calls: Int, seconds: Int64) {
    self.calls = calls
    self.seconds = seconds
  }

  /// Reads `CALLS/SECONDS`.
  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let calls = Int(parts[0]), let seconds = Int64(parts[1]),
      1...1_000_000_000 ~= calls,
      1...86_400 ~= seconds
    else { return nil }
    self.init(calls: calls, seconds: seconds)
  }
}

/// Counts the calls of each credential.
struct RateLimiter: Sendable {
  private struct Window: Sendable {
    var end: Instant
    var calls = 0
    var isBlocked = false
  }

  /// What the limiter says of a call.
  struct Verdict: Sendable {
    let isAllowed: Bool
    /// The headers `Ratelimit` and `Ratelimit-Policy`, and `Retry-After` where the call is refused.
    let headers: [(name: String, value: String)]
  }

  private let limit: RateLimit?
  private var windows: [String: Window] = [:]

  init(_ limit: RateLimit?) { self.limit = limit }

  /// Counts a call of `credential`; nil where there is no limit.
  mutating func count(_ credential: String, at now: Instant) -> Verdict? {
    guard let limit else { return nil }
    let length = limit.seconds * 1_000_000
    let fresh = Window(end: Instant(microseconds: now.microseconds + length))
    var window = windows[credential] ?? fresh
    if window.end <= now { window = fresh }
    window.calls += 1
    if window.calls > limit.calls, !window.isBlocked {
      window.isBlocked = true
      window.end = fresh.end
    }
    windows[credential] = window
    let left = (window.end.microseconds - now.microseconds + 999_999) / 1_000_000
    var headers = [
      (name: "Ratelimit", value: "\"default\";r=\(max(0, limit.calls - window.calls));t=\(left)"),
      (name: "Ratelimit-Policy", value: "\"default\";q=\(limit.calls);w=\(limit.seconds)"),
    ]
    if window.isBlocked { headers.append(("Retry-After", String(left))) }
    return Verdict(isAllowed: !window.isBlocked, headers: headers)
  }
}
