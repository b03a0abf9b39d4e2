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
    /// Whether its requests present the credential, as opposed to being counted against its budget alone.
    fileprivate let presents: Bool
    /// When its requests were counted.
    fileprivate let countedAt: TimeSpan
    fileprivate var unspent: Int
  }

  private struct Queue: Hashable {
    let credential: String
    let presents: Bool
  }

  private struct Waiter {
    let rank: (Urgency, Timestamp, UInt64)
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
  /// Each kept sorted with the next to go at the end.
  private var waiting: [Queue: [Waiter]] = [:]
  /// Requests in flight that present a credential.
  private var presenting: [String: Int] = [:]
  /// Credentials that are not to be presented for now.
  private var held: Set<String> = []
  /// Who waits until no more than so many requests present a credential.
  private var clearing: [String: (most: Int, continuation: CheckedContinuation<Bool, Never>)] = [:]
  private var count: UInt64 = 0
  /// Whether everybody is sent away.
  private(set) var isClosed = false

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
  ///
  /// Requests that do not present the credential itself pass while it is held back.
  func acquire(
    _ credential: String, urgency: Urgency, since: Timestamp, cost: Int = 1, presents: Bool = true
  ) async -> Permit? {
    guard !isClosed else { return nil }
    return await withCheckedContinuation { continuation in
      count += 1
      let waiter = Waiter(
        rank: (urgency, since, count), cost: cost, continuation: continuation)
      let queue = Queue(credential: credential, presents: presents)
      var waiters = waiting[queue] ?? []
      let place = waiters.partitioningIndex { $0.rank < waiter.rank }
      waiters.insert(waiter, at: place)
      waiting[queue] = waiters
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
    if permit.presents { retire(permit.credential) }
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
    let cleared = clearing.values
    clearing = [:]
    for item in cleared { item.continuation.resume(returning: false) }
    for waiter in waiters { waiter.continuation.resume(returning: nil) }
  }

  /// How many wait.
  var waitingCount: Int { waiting.values.reduce(0) { $0 + $1.count } }

  /// How many of them want `credential`.
  func waitingCount(_ credential: String) -> Int {
    waiting.reduce(0) { $0 + ($1.key.credential == credential ? $1.value.count : 0) }
  }

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
      let next = waiting.lazy.filter { !blocked.contains($0.key.credential) && !self.isHeld($0.key) }
        .compactMap { (queue, waiters) in waiters.last.map { (queue: queue, waiter: $0) } }
        .min { $0.waiter.rank < $1.waiter.rank }
      guard let (queue, next) = next else { break }
      let credential = queue.credential
      if let wait = budgets[credential, default: RequestBudget(rateLimit)].wait(
        for: next.cost, at: clock.bootTime)
      {
        blocked.insert(credential)
        earliest = min(earliest ?? wait, wait)
        continue
      }
      waiting[queue]?.removeLast()
      if waiting[queue]?.isEmpty == true { waiting[queue] = nil }
      inFlight += 1
      if queue.presents { presenting[credential, default: 0] += 1 }
      let now = clock.bootTime
      budgets[credential]?.spend(next.cost, at: now)
      next.continuation.resume(
        returning: Permit(
          credential: credential, presents: queue.presents, countedAt: now, unspent: next.cost))
    }
    health.arm(timer, for: earliest)
  }
}

// MARK: - Holding a credential back

extension RequestGate {
  /// Lets no request present `credential` until `resume`, and waits for those in flight but for that of `own`; false once the
  /// gate is closed.
  func hold(_ credential: String, sparing own: Permit?) async -> Bool {
    guard !isClosed else { return false }
    holdBack(credential)
    let spared = own.map { $0.presents && $0.credential == credential } == true ? 1 : 0
    guard presenting[credential, default: 0] > spared else { return true }
    return await withCheckedContinuation { clearing[credential] = (spared, $0) }
  }

  /// Lets no request present `credential` until `resume`; those in flight go on.
  func holdBack(_ credential: String) { held.insert(credential) }

  /// Lets requests present `credential` again.
  func resume(_ credential: String) {
    held.remove(credential)
    admit()
  }

  /// Whether requests that present `credential` are held back.
  func isHeldBack(_ credential: String) -> Bool { held.contains(credential) }

  private func isHeld(_ queue: Queue) -> Bool { queue.presents && held.contains(queue.credential) }

  private func retire(_ credential: String) {
    let left = presenting[credential, default: 0] - 1
    presenting[credential] = left > 0 ? left : nil
    guard let waiter = clearing[credential], left <= waiter.most else { return }
    clearing[credential] = nil
    waiter.continuation.resume(returning: true)
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
