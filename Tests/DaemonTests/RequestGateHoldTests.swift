import Core
import Platform
import Testing

@testable import Daemon

/// A credential that is held back while it is rolled.
@RotationActor @Suite struct RequestGateHoldTests {
  private let gate: RequestGate
  private let since = Timestamp(seconds: 1)

  init() throws {
    let clock = SystemClock()
    gate = try RequestGate(
      maxInFlight: 4, rateLimit: RateLimit(requests: 100, per: .hours(1)), clock: clock,
      health: Health(clock: clock))
  }

  @RotationActor private final class Log {
    var names: [String] = []
  }

  private func acquire(_ credential: String, presents: Bool = true) async -> RequestGate.Permit? {
    await gate.acquire(credential, urgency: .roll, since: since, presents: presents)
  }

  @Test func aHoldWaitsForWhatIsInFlight() async throws {
    let log = Log()
    let permit = try #require(await acquire("c"))
    let hold = Task { @RotationActor in
      let isHeld = await gate.hold("c", sparing: nil)
      log.names.append("held")
      return isHeld
    }
    while !gate.isHeldBack("c") { await Task.yield() }
    #expect(log.names.isEmpty)
    gate.release(permit)
    #expect(await hold.value)
  }

  @Test func nothingPassesUntilTheHoldIsLifted() async throws {
    let log = Log()
    #expect(await gate.hold("c", sparing: nil))
    let waiter = Task { @RotationActor in
      let permit = await acquire("c")
      log.names.append("late")
      return permit != nil
    }
    await gate.waiters(reach: 1)
    // Others pass, and so does what does not present the credential.
    #expect(await acquire("other") != nil)
    #expect(await acquire("c", presents: false) != nil)
    #expect(log.names.isEmpty)
    #expect(gate.waitingCount("c") == 1)
    gate.resume("c")
    #expect(await waiter.value)
  }

  @Test func aHoldSparesItsOwnRequest() async throws {
    let own = try #require(await acquire("c"))
    #expect(await gate.hold("c", sparing: own))
    gate.release(own)
    gate.resume("c")
    #expect(await acquire("c") != nil)
  }

  @Test func anotherCredentialsRequestIsNotSpared() async throws {
    let own = try #require(await acquire("other"))
    let permit = try #require(await acquire("c"))
    let hold = Task { @RotationActor in await gate.hold("c", sparing: own) }
    while !gate.isHeldBack("c") { await Task.yield() }
    gate.release(own)
    gate.release(permit)
    #expect(await hold.value)
  }

  @Test func aClosedGateEndsTheWaitForAHold() async throws {
    _ = try #require(await acquire("c"))
    let hold = Task { @RotationActor in await gate.hold("c", sparing: nil) }
    while !gate.isHeldBack("c") { await Task.yield() }
    gate.close()
    #expect(await !hold.value)
  }
}
