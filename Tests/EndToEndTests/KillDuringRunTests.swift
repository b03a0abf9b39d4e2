import Glibc
import JSON
import Testing

/// The process is killed at the system calls of a roll with a program after it; no run is lost.
@Suite(.enabled(if: SyscallInjector.isSupported)) struct KillDuringRunTests {
  /// Those that change something durable, go to the API, or have to do with the child.
  private static let calls = "fsync,fdatasync,renameat,pwrite64,sendto,recvfrom,pipe2,clone,clone3"
  /// Writes the roll's id as a line.
  private static let script = #"echo "$TOKENROLL_ROLL_ID" >>"$0""#

  @Test func aKillAtAnyCallLosesNoRunAndRepeatsNoneThatIsRecorded() async throws {
    let sandbox = try SandboxUnderTest("--tokens", "500")
    let tokens = try sandbox.tokens()
    let credential = try #require(tokens.first { $0.name == "credential" }).secret
    let subjects = tokens.filter { $0.name != "credential" }

    let first = try WalkedRoll(subjects[0], .noFile, sandbox, credential: credential, run: Self.script)
    let injector = SyscallInjector(calls: Self.calls, log: first.log, until: "actionFinished")
    let service = try first.workspace.restart(through: injector.command())
    try service.event("actionFinished")
    #expect(try service.stop() == 0)
    let points = try injector.trace().count
    try #require(points > 20 && points < subjects.count)

    let results = await inParallel(Array(1...points), width: 6) {
      point -> (isRepeated: Bool, fault: String?) in
      do {
        return try Self.kill(at: point, subjects[point], sandbox, credential)
      } catch {
        return (false, "point \(point): \(error)")
      }
    }
    let faults = results.compactMap(\.fault)
    print(
      "kill everywhere, with a program: \(points) points tried, \(results.count { $0.isRepeated }) repeated a run, "
        + "\(faults.count) faults")
    for fault in faults { Issue.record("\(fault)") }
  }

  /// Whether a run was repeated, and what went wrong; nil where the program ran for the roll that stands, and as often as it
  /// may.
  private static func kill(
    at point: Int, _ token: SandboxUnderTest.Token, _ sandbox: SandboxUnderTest, _ credential: String
  ) throws -> (isRepeated: Bool, fault: String?) {
    let roll = try WalkedRoll(token, .noFile, sandbox, credential: credential, run: script)
    let injector = SyscallInjector(
      calls: calls, at: point, disturbance: .kill, log: roll.log, until: "actionFinished")
    let service = try roll.workspace.restart(through: injector.command())
    // The window may have fewer calls than the one that was traced.
    guard try service.eventOrEnd(["actionFinished"]) == nil else {
      try service.stop()
      return (false, nil)
    }
    guard try service.ended() == 128 + SIGKILL else {
      throw TestFailure("it was not killed: \(service.lines)")
    }
    let wasStarted = !service.events("actionStarted").isEmpty
    let isSettled = try roll.isOver()
    let isRecorded = try roll.workspace.history().last?["detail"]?.string?.contains("exit status 0") == true
    let next = try roll.workspace.restart()
    try next.event(isSettled ? "serviceReady" : "rollSettled")
    // A stop waits for the programs.
    guard try next.stop() == 0 else {
      throw TestFailure("the second service did not end well: \(next.lines)")
    }

    // By now the run is recorded, and a further start finds nothing to do.
    let third = try roll.workspace.restart()
    try third.event("serviceReady")
    guard try third.stop() == 0 else {
      throw TestFailure("the third service did not end well: \(third.lines)")
    }

    let lines = roll.workspace.lines()
    let (rolls, secret) = try roll.truth()
    let last = try roll.workspace.history().last?["roll_id"]?.string ?? ""
    let runs = lines.count { $0 == last }
    let most = wasStarted && !isRecorded ? 2 : 1
    let isPublished = roll.wrongDestinations(secret).isEmpty
    guard isPublished, rolls <= 2, 1...most ~= runs, lines.count == runs else {
      return (
        runs > 1,
        "point \(point): \(rolls) rolls, published \(isPublished), \(runs) runs for the last roll of at most \(most), "
          + "\(lines.count) in all"
      )
    }
    return (runs > 1, nil)
  }
}
