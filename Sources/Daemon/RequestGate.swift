internal import Core
internal import Platform

/// Lets requests through: a cap on those in flight, a budget for each credential, and an order.
///
/// Those who wait are served by urgency, then by how long they are overdue. A credential without budget holds up its
/// own requests alone.
@RotationActor final class RequestGate {
  /// The right to `cost` requests; give it back with `release`.
  struct Permit {
    fileprivate let credential: String
    /// When its requests were counted.
    fileprivate let countedAt: TimeSpan
    fileprivate var unspent: Int
  }

  private struct Waiter {
    let rank: (Urgency, Timestamp, UInt64)
    let credential: String
    let cost: Int
    let continuation: CheckedContinuation<Permit?, Never>
  }

  private let clock: any Clock
  private let health: Health
  private var timer: BootTimer?
  private var maxInFlight: Int
  private var rateLimit: RateLimit
  private var inFlight = 0
  private var budgets: [String: RequestBudget] = [:]
  /// By credential, each kept sorted with the next to go at the end.
  private var waiting: [String: [Waiter]] = [:]
  private var count: UInt64 = 0
  private var isClosed = false

  init(maxInFlight: Int, rateLimit: RateLimit, clock: any Clock, health: Health) throws(SystemError) {
    self.maxInFlight = maxInFlight
    self.rateLimit = rateLimit
    self.clock = clock
    self.health = health
    timer = try BootTimer { [weak self] in self?.admit() }
  }

  /// Takes new limits; what is in flight stays so, and a budget that was spent under the same limit stays spent.
  func adjust(maxInFlight: Int, rateLimit: RateLimit) {
    self.maxInFlight = maxInFlight
    if rateLimit != self.rateLimit { budgets = [:] }
    self.rateLimit = rateLimit
    admit()
  }

  /// Waits for the right to `cost` requests with `credential`; nil once the gate is closed.
  func acquire(_ credential: String, urgency: Urgency, since: Timestamp, cost: Int = 1) async -> Permit? {
    guard !isClosed else { return nil }
    return await withCheckedContinuation { continuation in
      count += 1
      let waiter = Waiter(
        rank: (urgency, since, count), credential: credential, cost: cost, continuation: continuation)
      var queue = waiting[credential] ?? []
      let place = queue.partitioningIndex { $0.rank < waiter.rank }
      queue.insert(waiter, at: place)
      waiting[credential] = queue
      admit()
    }
  }

  /// Counts one request of `permit` as sent.
  func spend(_ permit: inout Permit?) {
    guard let held = permit, held.unspent > 0 else { return }
    permit?.unspent = held.unspent - 1
    // It is now that the request is sent, and from now on that it counts.
    budgets[held.credential]?.refund(1, spentAt: held.countedAt)
    budgets[held.credential]?.spend(1, at: clock.bootTime)
  }

  /// Gives the place in flight back, and the requests that were not sent.
  func release(_ permit: Permit) {
    inFlight -= 1
    budgets[permit.credential]?.refund(permit.unspent, spentAt: permit.countedAt)
    admit()
  }

  /// Holds every request of `credential` back for `span`.
  func pause(_ credential: String, for span: TimeSpan) {
    budgets[credential, default: RequestBudget(rateLimit)].pause(until: clock.bootTime + span)
    admit()
  }

  /// Sends everybody away, now and later.
  func close() {
    isClosed = true
    let waiters = waiting.values.joined()
    waiting = [:]
    for waiter in waiters { waiter.continuation.resume(returning: nil) }
  }

  /// How many wait.
  var waitingCount: Int { waiting.values.reduce(0) { $0 + $1.count } }

  /// How many of them want `credential`.
  func waitingCount(_ credential: String) -> Int { waiting[credential]?.count ?? 0 }

  /// How many requests `credential` has left.
  func remaining(_ credential: String) -> Int {
    budgets[credential, default: RequestBudget(rateLimit)].remaining(at: clock.bootTime)
  }

  /// The boot time at which every budget is whole again; nil where that is so now.
  var restoredAt: TimeSpan? {
    let now = clock.bootTime
    return budgets.keys.compactMap { budgets[$0]?.restored(at: now) }.max()
  }

  private func admit() {
    var earliest: TimeSpan?
    var blocked: Set<String> = []
    while inFlight < maxInFlight {
      let next = waiting.lazy.filter { !blocked.contains($0.key) }.compactMap(\.value.last)
        .min { $0.rank < $1.rank }
      guard let next else { break }
      if let wait = budgets[next.credential, default: RequestBudget(rateLimit)].wait(
        for: next.cost, at: clock.bootTime)
      {
        blocked.insert(next.credential)
        earliest = min(earliest ?? wait, wait)
        continue
      }
      waiting[next.credential]?.removeLast()
      if waiting[next.credential]?.isEmpty == true { waiting[next.credential] = nil }
      inFlight += 1
      let now = clock.bootTime
      budgets[next.credential]?.spend(next.cost, at: now)
      next.continuation.resume(
        returning: Permit(credential: next.credential, countedAt: now, unspent: next.cost))
    }
    health.arm(timer, for: earliest)
  }
}

extension Array {
  /// The first index at which `belongsAfter` is true, in an array in which it is false and then true.
  fileprivate func partitioningIndex(where belongsAfter: (Element) -> Bool) -> Int {
    var range = 0..<count
    while !range.isEmpty {
      let middle = (range.lowerBound + range.upperBound) / 2
      if belongsAfter(self[middle]) {
        range = range.lowerBound..<middle
      } else {
        range = middle + 1..<range.upperBound
      }
    }
    return range.lowerBound
  }
}
