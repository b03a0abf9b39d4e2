import Glibc
import Testing

/// The process is killed at every system call of a replacement: one token is left in the end, and consumers have its secret.
@Suite(.enabled(if: SyscallInjector.isSupported)) struct ReplaceWalkTests {
  @Test func aKillAtAnyCallLeavesOneToken() async throws {
    let sandbox = try SandboxUnderTest("--tokens", "400")
    let tokens = try sandbox.tokens()
    let credential = try #require(tokens.first { $0.name == "credential" }).secret
    let subjects = tokens.filter { $0.name != "credential" }

    let first = try Self.walk(try #require(subjects.first), sandbox, credential)
    let injector = SyscallInjector(calls: KillEverywhereTests.calls, log: first.log)
    let service = try first.workspace.restart(through: injector.command())
    try service.event("rollSettled")
    #expect(try service.stop() == 0)
    let points = try injector.trace().count
    try #require(points > 60 && points < subjects.count)

    let faults = await inParallel(Array(1...points), width: 4) { point -> [String] in
      do {
        return try Self.kill(at: point, subjects[point], sandbox, credential)
      } catch {
        return ["point \(point): \(error)"]
      }
    }
    print(
      "kill everywhere, a replacement: \(points) points tried, \(faults.filter { !$0.isEmpty }.count) at fault"
    )
    for fault in faults.joined() { Issue.record("\(fault)") }
  }

  private static func walk(
    _ token: SandboxUnderTest.Token, _ sandbox: SandboxUnderTest, _ credential: String
  ) throws -> WalkedRoll {
    try WalkedRoll(token, .secretInForce, sandbox, credential: credential, grace: "0")
  }

  /// What is not as it has to be once the service that was killed at a call has been started again.
  private static func kill(
    at point: Int, _ token: SandboxUnderTest.Token, _ sandbox: SandboxUnderTest, _ credential: String
  ) throws -> [String] {
    let roll = try walk(token, sandbox, credential)
    let injector = SyscallInjector(
      calls: KillEverywhereTests.calls, at: point, disturbance: .kill, log: roll.log)
    let service = try roll.workspace.restart(through: injector.command())
    var last = service
    if try service.eventOrEnd(["rollSettled"]) == nil {
      let isSettled = try roll.isOver()
      last = try roll.workspace.restart()
      try last.event(isSettled ? "serviceReady" : "rollSettled")
    }
    // A request of the service that was killed may still be on its way; what it makes is found, and the old token goes.
    let left = try sandbox.one(token, last)
    guard try last.stop() == 0 else { throw TestFailure("the service did not end well: \(last.lines)") }
    var faults: [String] = []
    if left.id == token.id { faults.append("point \(point): the old token is left") }
    let wrong = roll.wrongDestinations(left.secret)
    if !wrong.isEmpty { faults.append("point \(point): \(wrong.joined(separator: ", ")) lacks its secret") }
    if !roll.workspace.escrowed.isEmpty {
      faults.append("point \(point): escrow left: \(roll.workspace.escrowed)")
    }
    if !roll.workspace.temporaries.isEmpty {
      faults.append("point \(point): temporary left: \(roll.workspace.temporaries)")
    }
    return faults
  }
}
