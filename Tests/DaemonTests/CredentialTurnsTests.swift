import Platform
import Testing

@testable import Daemon

@RotationActor @Suite struct CredentialTurnsTests {
  private let turns = CredentialTurns()

  private func turn(_ replaced: String, with needed: String) -> CredentialTurns.Turn {
    CredentialTurns.Turn(replaced: replaced, needed: needed)
  }

  private func waiters(reach count: Int) async { while turns.waitingCount < count { await Task.yield() } }

  @Test func ofTwoThatRollEachOtherOneWaits() async throws {
    let first = try #require(await turns.take(turn("a", with: "b")))
    let second = Task { @RotationActor in await turns.take(turn("b", with: "a")) }
    await waiters(reach: 1)
    turns.end(first)
    #expect(await second.value != nil)
    #expect(turns.waitingCount == 0)
  }

  @Test func othersDoNotWait() async throws {
    _ = try #require(await turns.take(turn("a", with: "b")))
    #expect(await turns.take(turn("c", with: "d")) != nil)
    // In a ring of four, those that face each other.
    #expect(await turns.take(turn("e", with: "b")) != nil)
  }

  @Test func nobodyOvertakesOneWhomHeWouldHoldUp() async throws {
    let first = try #require(await turns.take(turn("a", with: "b")))
    let second = Task { @RotationActor in await turns.take(turn("b", with: "c")) }
    await waiters(reach: 1)
    // Nothing that is held excludes it, but the one that waits would be.
    let third = Task { @RotationActor in await turns.take(turn("c", with: "x")) }
    await waiters(reach: 2)
    turns.end(first)
    let ticket = try #require(await second.value)
    #expect(turns.waitingCount == 1)
    turns.end(ticket)
    #expect(await third.value != nil)
  }

  @Test func aRollThatIsInHandAnywayHasItsTurn() async throws {
    let found = turns.seize(turn("a", with: "b"))
    let waiter = Task { @RotationActor in await turns.take(turn("a", with: "b")) }
    await waiters(reach: 1)
    turns.end(found)
    #expect(await waiter.value != nil)
  }

  @Test func closedTurnsSendEverybodyAway() async throws {
    _ = turns.seize(turn("a", with: "b"))
    let waiter = Task { @RotationActor in await turns.take(turn("b", with: "a")) }
    await waiters(reach: 1)
    turns.close()
    #expect(await waiter.value == nil)
    #expect(await turns.take(turn("c", with: "d")) == nil)
  }
}
