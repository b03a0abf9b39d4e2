import Glibc
import Testing

/// The process is killed at every system call of a roll whose escrow is encrypted: nothing is lost, nothing is rolled for
/// nothing, and no kill leaves a part of the secret in the state directory.
@Suite(.enabled(if: SyscallInjector.isSupported)) struct EncryptedEscrowWalkTests {
  /// The calls that reach the helper, those that make something durable, and the request.
  private static let calls = "connect,write,read,pwrite64,fsync,fdatasync,renameat,unlinkat,sendto,recvfrom"

  @Test func aKillAtAnyCallLeavesNoPlaintext() async throws {
    let sandbox = try SandboxUnderTest("--tokens", "400")
    let helper = try HelperUnderTest(.imitation)
    let tokens = try sandbox.tokens()
    let credential = try #require(tokens.first { $0.name == "credential" }).secret
    let subjects = tokens.filter { $0.name != "credential" }
    @Sendable func walk(_ token: SandboxUnderTest.Token) throws -> WalkedRoll {
      try WalkedRoll(token, .secretInForce, sandbox, credential: credential, escrow: "encrypted")
    }

    let first = try walk(subjects[0])
    let injector = SyscallInjector(calls: Self.calls, log: first.log)
    let service = try first.workspace.restart(through: injector.command(), environment: helper.environment)
    try service.event("rollSettled")
    #expect(try service.stop() == 0)
    let points = try injector.trace().count
    try #require(points > 30 && points < subjects.count)

    let results = await inParallel(Array(1...points), width: 4) { point -> KillEverywhereTests.Result in
      do {
        let roll = try walk(subjects[point])
        return try KillEverywhereTests.kill(
          at: point, of: Self.calls, roll, environment: helper.environment
        ) {
          try roll.workspace.stateFiles(with: [roll.truth().secret, roll.token.secret])
            .map { "a part of a secret in \($0)" }
        }
      } catch {
        return KillEverywhereTests.Result(faults: ["point \(point): \(error)"])
      }
    }
    let reached = results.filter { $0.call != nil }
    print(
      "kill everywhere, with an encrypted escrow: \(points) points tried, \(reached.count) reached, "
        + "\(results.filter(\.isLost).count) lost, \(reached.filter(\.isCured).count) cured by a second roll")
    for result in results where !result.faults.isEmpty {
      let place = result.call.map { "killed at call \($0.index), \($0.name) \($0.subject)" } ?? "not killed"
      Issue.record("\(place): \(result.faults.joined(separator: "; "))")
    }
    // How much the calls vary from run to run: an answer of the helper may come in pieces.
    #expect(reached.count > points / 2)
  }
}
