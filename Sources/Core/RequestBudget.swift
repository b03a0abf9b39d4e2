/// A sliding window over the requests of one credential: never more than `requests` in any `per`.
///
/// Exact, not a token bucket that lets a full burst follow a full refill: Cloudflare blocks a user for five minutes who
/// goes over the limit once.
public struct RequestBudget: Sendable {
  private let limit: RateLimit
  /// The times of the last requests, oldest first, from `start` on.
  private var sent: [TimeSpan] = []
  private var start = 0
  private var pausedUntil: TimeSpan?

  /// A budget of which nothing is spent.
  public init(_ limit: RateLimit) { self.limit = limit }

  /// What is left at `uptime`.
  public mutating func remaining(at uptime: TimeSpan) -> Int {
    forget(at: uptime)
    if let pausedUntil, uptime < pausedUntil { return 0 }
    return limit.requests - (sent.count - start)
  }

  /// When nothing is spent any more, and no pause in force; nil where that is so at `uptime` already.
  public mutating func restored(at uptime: TimeSpan) -> TimeSpan? {
    forget(at: uptime)
    let pauseEnd = pausedUntil.flatMap { $0 > uptime ? $0 : nil }
    let lastLeaves = sent.count > start ? sent.last.map { $0 + limit.per } : nil
    return [pauseEnd, lastLeaves].compactMap(\.self).max()
  }

  /// Counts `cost` requests at `uptime`.
  public mutating func spend(_ cost: Int, at uptime: TimeSpan) {
    forget(at: uptime)
    sent.append(contentsOf: repeatElement(uptime, count: cost))
  }

  /// Gives back `count` of the requests that were counted at `uptime`, and were not sent.
  public mutating func refund(_ count: Int, spentAt uptime: TimeSpan) {
    // Those very ones: the youngest may be somebody else's, and would be forgotten while they still count.
    guard let last = sent.lastIndex(where: { $0 <= uptime }), last >= start else { return }
    let alike = sent[start...last].reversed().prefix(count).prefix { $0 == uptime }.count
    sent.removeSubrange(last + 1 - alike..<last + 1)
  }

  /// Lets nothing through before `uptime`, where that is later than what was asked before.
  public mutating func pause(until uptime: TimeSpan) {
    pausedUntil = max(uptime, pausedUntil ?? uptime)
  }

  /// When there is room for `cost` requests again; nil where there is room now. A cost above the limit is taken as the limit.
  public mutating func wait(for cost: Int, at uptime: TimeSpan) -> TimeSpan? {
    let cost = min(cost, limit.requests)
    if let pausedUntil, uptime < pausedUntil { return pausedUntil }
    pausedUntil = nil
    let missing = cost - remaining(at: uptime)
    guard missing > 0 else { return nil }
    return sent[start + missing - 1] + limit.per
  }

  private mutating func forget(at uptime: TimeSpan) {
    while start < sent.count, sent[start] + limit.per <= uptime { start += 1 }
    // Moves the rest down once the forgotten part is the larger one: amortised constant.
    guard start > sent.count / 2 else { return }
    sent.removeFirst(start)
    start = 0
  }
}
