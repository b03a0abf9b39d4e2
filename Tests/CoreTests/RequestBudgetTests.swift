import Core
import Testing

struct RequestBudgetTests {
  @Test(arguments: 1...20)
  func noWindowHoldsMoreThanTheLimit(seed: Int) {
    var numbers = SplitMix64(seed: UInt64(seed))
    let limit = RateLimit(requests: 3 + Int.random(in: 0..<20, using: &numbers), per: .seconds(60))
    var budget = RequestBudget(limit)
    var now = TimeSpan.seconds(5)
    var pausedUntil = TimeSpan.zero
    /// Those that count: when they were sent.
    var sent: [TimeSpan] = []
    /// Those of which some were not sent, and will be given back.
    var held: [(at: TimeSpan, count: Int)] = []
    for _ in 0..<1_000 {
      now = now + TimeSpan(microseconds: Int64.random(in: 0...4_000_000, using: &numbers))
      switch Int.random(in: 0..<200, using: &numbers) {
      case 0:
        pausedUntil = max(pausedUntil, now + .seconds(Int64.random(in: 0...90, using: &numbers)))
        budget.pause(until: pausedUntil)
      case 1...60 where !held.isEmpty:
        let index = Int.random(in: held.indices, using: &numbers)
        let permit = held.remove(at: index)
        budget.refund(permit.count, spentAt: permit.at)
        for _ in 0..<permit.count { if let place = sent.lastIndex(of: permit.at) { sent.remove(at: place) } }
      default:
        let cost = Int.random(in: 1...3, using: &numbers)
        guard budget.wait(for: cost, at: now) == nil else { continue }
        #expect(now >= pausedUntil)
        budget.spend(cost, at: now)
        sent += Array(repeating: now, count: cost)
        if Bool.random(using: &numbers) { held.append((now, Int.random(in: 1...cost, using: &numbers))) }
        #expect(sent.filter { $0 + limit.per > now }.count <= limit.requests)
      }
      let open = limit.requests - sent.filter { $0 + limit.per > now }.count
      #expect(budget.remaining(at: now) == (now < pausedUntil ? 0 : open))
    }
    #expect(sent.count > 30)
  }

  @Test func thereIsRoomAtTheTimeThatIsSaidAndNotBefore() {
    var budget = RequestBudget(RateLimit(requests: 3, per: .seconds(60)))
    budget.spend(2, at: .seconds(10))
    budget.spend(1, at: .seconds(20))
    #expect(budget.wait(for: 1, at: .seconds(30)) == .seconds(70))
    #expect(budget.wait(for: 3, at: .seconds(30)) == .seconds(80))
    #expect(budget.wait(for: 1, at: .milliseconds(69_999)) == .seconds(70))
    #expect(budget.wait(for: 2, at: .seconds(70)) == nil)
    #expect(budget.wait(for: 3, at: .seconds(80)) == nil)
  }

  @Test func aLongerPauseIsNotShortened() {
    var budget = RequestBudget(RateLimit())
    budget.pause(until: .seconds(100))
    budget.pause(until: .seconds(50))
    #expect(budget.wait(for: 1, at: .seconds(60)) == .seconds(100))
    #expect(budget.remaining(at: .seconds(60)) == 0)
    #expect(budget.wait(for: 1, at: .seconds(100)) == nil)
  }

  @Test func whatIsGivenBackIsOnesOwnAndNotTheYoungest() {
    var budget = RequestBudget(RateLimit(requests: 2, per: .seconds(60)))
    budget.spend(1, at: .seconds(0))
    budget.spend(1, at: .seconds(50))
    budget.refund(1, spentAt: .seconds(0))
    #expect(budget.remaining(at: .seconds(60)) == 1)
    #expect(budget.wait(for: 2, at: .seconds(60)) == .seconds(110))
  }

  @Test func whatHasLeftTheWindowIsNotGivenBack() {
    var budget = RequestBudget(RateLimit(requests: 2, per: .seconds(60)))
    budget.spend(1, at: .seconds(0))
    budget.spend(2, at: .seconds(61))
    budget.refund(1, spentAt: .seconds(0))
    #expect(budget.remaining(at: .seconds(62)) == 0)
  }

  @Test func isWholeAgainWhenTheLastRequestHasLeftTheWindow() {
    var budget = RequestBudget(RateLimit(requests: 5, per: .seconds(60)))
    #expect(budget.restored(at: .seconds(1)) == nil)
    budget.spend(1, at: .seconds(1))
    budget.spend(1, at: .seconds(11))
    #expect(budget.restored(at: .seconds(20)) == .seconds(71))
    #expect(budget.restored(at: .seconds(71)) == nil)
    budget.pause(until: .seconds(200))
    #expect(budget.restored(at: .seconds(80)) == .seconds(200))
    #expect(budget.restored(at: .seconds(200)) == nil)
  }
}
