import Core
import Platform
import Testing

@testable import Daemon

@RotationActor @Suite struct RequestGateTests {
  private let clock = SystemClock()

  private func gate(maxInFlight: Int = 8, requests: Int = 100, per: TimeSpan = .hours(1)) throws
    -> RequestGate
  {
    try RequestGate(
      maxInFlight: maxInFlight, rateLimit: RateLimit(requests: requests, per: per), clock: clock,
      health: Health(clock: clock))
  }

  /// Those who were let through, in their order.
  @RotationActor private final class Log {
    var names: [String] = []
  }

  @Test func noMoreThanTheCapAreInFlight() async throws {
    let gate = try gate(maxInFlight: 1)
    let log = Log()
    let first = try #require(await gate.acquire("c", urgency: .roll, since: Timestamp(seconds: 1)))
    let second = Task { @RotationActor in
      let permit = await gate.acquire("c", urgency: .roll, since: Timestamp(seconds: 1))
      log.names.append("second")
      return permit != nil
    }
    await gate.waiters(reach: 1)
    #expect(log.names.isEmpty)
    gate.release(first)
    #expect(await second.value)
    #expect(log.names == ["second"])
  }

  @Test func curesGoFirstThenTheLongestOverdue() async throws {
    let gate = try gate(maxInFlight: 1)
    let log = Log()
    let first = try #require(await gate.acquire("c", urgency: .roll, since: Timestamp(seconds: 1)))
    let wanted: [(String, Urgency, Int64)] = [
      ("late", .roll, 30), ("early", .roll, 10), ("verification", .verification, 40), ("cure", .cure, 50),
    ]
    var tasks: [Task<Void, Never>] = []
    for (name, urgency, since) in wanted {
      tasks.append(
        Task { @RotationActor in
          guard let permit = await gate.acquire("c", urgency: urgency, since: Timestamp(seconds: since))
          else { return }
          log.names.append(name)
          gate.release(permit)
        })
    }
    await gate.waiters(reach: 4)
    gate.release(first)
    for task in tasks { await task.value }
    #expect(log.names == ["cure", "verification", "early", "late"])
  }

  @Test func aSpentBudgetHoldsUpItsOwnCredentialAlone() async throws {
    let gate = try gate(requests: 1)
    _ = try #require(await gate.acquire("spent", urgency: .roll, since: Timestamp(seconds: 1)))
    let blocked = Task { @RotationActor in
      await gate.acquire("spent", urgency: .cure, since: Timestamp(seconds: 1)) != nil
    }
    await gate.waiters(reach: 1)
    #expect(await gate.acquire("other", urgency: .roll, since: Timestamp(seconds: 1)) != nil)
    gate.close()
    #expect(await !blocked.value)
  }

  @Test func whatWasNotSentIsGivenBack() async throws {
    let gate = try gate(requests: 3)
    var permit = await gate.acquire("c", urgency: .roll, since: Timestamp(seconds: 1), cost: 3)
    gate.spend(&permit)
    gate.release(try #require(permit))
    // Two of the three are left.
    #expect(await gate.acquire("c", urgency: .roll, since: Timestamp(seconds: 1), cost: 2) != nil)
  }

  @Test func aPauseEndsByItself() async throws {
    let gate = try gate()
    gate.pause("c", for: .milliseconds(50))
    let before = clock.bootTime
    #expect(await gate.acquire("c", urgency: .cure, since: Timestamp(seconds: 1)) != nil)
    #expect(clock.bootTime - before >= .milliseconds(45))
  }

  @Test func aClosedGateSendsEverybodyAway() async throws {
    let gate = try gate()
    gate.close()
    #expect(await gate.acquire("c", urgency: .cure, since: Timestamp(seconds: 1)) == nil)
  }
}
