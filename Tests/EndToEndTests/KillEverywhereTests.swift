import Glibc
import Testing

/// The process is killed at every system call of a roll; nothing is lost, and nothing is rolled for nothing.
@Suite(.enabled(if: SyscallInjector.isSupported)) struct KillEverywhereTests {
  /// What came of one point.
  struct Result: Sendable {
    var call: SyscallInjector.Call?
    var isLost = false
    var needlessRolls: Int64 = 0
    /// Whether the kill fell between the server's commit and the durable escrow.
    var isCured = false
    var faults: [String] = []
  }

  /// The calls that change something outside of the process, or hear of a change; between two of them, one moment to be
  /// killed is like another. The long form takes every call there is.
  static let calls =
    isSoak
    ? nil
    : "openat,fallocate,fchmod,fchown,write,pwrite64,ftruncate,fsync,fdatasync,renameat,unlinkat,mkdirat,symlinkat,linkat,"
      + "socket,connect,sendto,recvfrom,fcntl,timerfd_settime"

  @Test(arguments: WalkedRoll.Before.allCases)
  func aKillAtAnyCallLosesNoSecretAndNoRoll(before: WalkedRoll.Before) async throws {
    let sandbox = try SandboxUnderTest("--tokens", "1500")
    let tokens = try sandbox.tokens()
    let credential = try #require(tokens.first { $0.name == "credential" }).secret
    let subjects = tokens.filter { $0.name != "credential" }

    let twin = try #require(subjects.last)
    let first = try WalkedRoll(
      try #require(subjects.first), before, sandbox, credential: credential, twin: twin)
    let injector = SyscallInjector(calls: Self.calls, log: first.log)
    let service = try first.workspace.restart(through: injector.command())
    try service.event("rollSettled")
    #expect(try service.stop() == 0)
    let points = try injector.trace().count
    try #require(points > 60 && points + 1 < subjects.count)

    let results = await inParallel(Array(1...points), width: 6) { point in
      do {
        return try Self.kill(at: point, subjects[point], before, sandbox, credential, twin)
      } catch {
        return Result(faults: ["point \(point): \(error)"])
      }
    }
    let reached = results.filter { $0.call != nil }
    let lost = results.filter(\.isLost).count
    let needless = results.reduce(0) { $0 + $1.needlessRolls }
    print(
      "kill everywhere, \(before.rawValue): \(points) points tried, \(reached.count) reached, \(lost) lost, "
        + "\(needless) needless rolls, \(reached.filter(\.isCured).count) cured by a second roll")
    for result in results where !result.faults.isEmpty {
      let place = result.call.map { "killed at call \($0.index), \($0.name) \($0.subject)" } ?? "not killed"
      Issue.record("\(place): \(result.faults.joined(separator: "; "))")
    }
    // The number of calls varies a little from run to run.
    #expect(reached.count > points * 9 / 10)
  }

  /// The calls of a roll with a reload after it that change something durable, or go to the bus.
  private static let reloadCalls = "fsync,fdatasync,renameat,connect,sendto,sendmsg,recvmsg"

  @Test(.enabled(if: BusUnderTest.isSupported)) func aKillAtAnyCallLosesNoReload() async throws {
    let sandbox = try SandboxUnderTest("--tokens", "500")
    let bus = try BusUnderTest()
    let tokens = try sandbox.tokens()
    let credential = try #require(tokens.first { $0.name == "credential" }).secret
    let subjects = tokens.filter { $0.name != "credential" }

    let first = try WalkedRoll(
      subjects[0], .noFile, sandbox, credential: credential, reload: ["first.service"])
    let injector = SyscallInjector(calls: Self.reloadCalls, log: first.log, until: "actionFinished")
    let service = try first.workspace.restart(through: injector.command(), environment: bus.environment)
    try service.event("actionFinished")
    #expect(try service.stop() == 0)
    let points = try injector.trace().count
    try #require(points > 20 && points < subjects.count)

    let faults = await inParallel(Array(1...points), width: 6) { point -> String? in
      do {
        return try Self.killBeforeReload(at: point, subjects[point], sandbox, credential, bus)
      } catch {
        return "point \(point): \(error)"
      }
    }
    print(
      "kill everywhere, with a reload: \(points) points tried, \(faults.compactMap(\.self).count) reloads lost"
    )
    for fault in faults.compactMap(\.self) { Issue.record("\(fault)") }
  }

  /// What went wrong; nil where the unit was reloaded in the end, and the token rolled as often as it had to be.
  private static func killBeforeReload(
    at point: Int, _ token: SandboxUnderTest.Token, _ sandbox: SandboxUnderTest, _ credential: String,
    _ bus: BusUnderTest
  ) throws -> String? {
    let unit = "unit-\(point).service"
    let roll = try WalkedRoll(token, .noFile, sandbox, credential: credential, reload: [unit])
    let injector = SyscallInjector(
      calls: reloadCalls, at: point, disturbance: .kill, log: roll.log, until: "actionFinished")
    let service = try roll.workspace.restart(through: injector.command(), environment: bus.environment)
    // The window may have fewer calls than the one that was traced.
    guard try service.eventOrEnd(["actionFinished"]) == nil else {
      try service.stop()
      return nil
    }
    guard try service.ended() == 128 + SIGKILL else {
      throw TestFailure("it was not killed: \(service.lines)")
    }
    let isSettled = try roll.isOver()
    let next = try roll.workspace.restart(environment: bus.environment)
    try next.event(isSettled ? "serviceReady" : "rollSettled")
    if !bus.units.contains(unit) { try next.event("actionFinished") }
    try next.stop()
    let (rolls, secret) = try roll.truth()
    let isPublished = roll.wrongDestinations(secret).isEmpty
    return isPublished && rolls <= 2 ? nil : "point \(point): \(rolls) rolls, published: \(isPublished)"
  }

  /// Kills the roll of `token` at a call, starts the service again, and compares with what has to come of it.
  static func kill(
    at point: Int, _ token: SandboxUnderTest.Token, _ before: WalkedRoll.Before, _ sandbox: SandboxUnderTest,
    _ credential: String, _ twin: SandboxUnderTest.Token
  ) throws -> Result {
    try kill(
      at: point, of: calls, WalkedRoll(token, before, sandbox, credential: credential, twin: twin),
      environment: [:])
  }

  /// Kills `roll` at one of `calls`; `judge` finds what is wrong with what the kill leaves behind.
  static func kill(
    at point: Int, of calls: String?, _ roll: WalkedRoll, environment: [String: String],
    judge: () throws -> [String] = { [] }
  ) throws -> Result {
    let injector = SyscallInjector(calls: calls, at: point, disturbance: .kill, log: roll.log)
    let service = try roll.workspace.restart(through: injector.command(), environment: environment)
    var result = Result()
    if try service.eventOrEnd(["rollSettled"]) != nil {
      // The window had fewer calls this time.
      try service.stop()
      result.faults = try roll.faults(rolls: 1) + roll.directoryFaults()
      return result
    }
    guard try service.ended() == 128 + SIGKILL else {
      throw TestFailure("it was not killed: \(service.lines)")
    }
    let trace = try injector.trace()
    result.call = trace.last
    if trace.contains(where: { $0.sends("PUT") && !$0.isHit }) { try roll.awaitRollRequest() }
    let rolls = try roll.truth().rolls
    let isSafe = roll.workspace.escrowed.contains { !$0.hasPrefix(".") }
    let isPublished = !service.events("secretPublished").isEmpty
    let isSettled = try isPublished && roll.workspace.outcomes().last == "settled"
    let left = try judge()

    let next = try roll.workspace.restart(environment: environment)
    try next.event(isSettled ? "serviceReady" : "rollSettled")
    guard try next.stop() == 0 else {
      throw TestFailure("the second service did not end well: \(next.lines)")
    }
    let expected: Int64 = rolls == 1 && !isSafe && !isPublished ? 2 : 1
    result.isCured = expected == 2
    let truth = try roll.truth()
    result.needlessRolls = truth.rolls - expected
    result.isLost = !roll.wrongDestinations(truth.secret).isEmpty
    result.faults = try left + roll.faults(rolls: expected) + roll.directoryFaults()
    let useful = trace.first { $0.name == "pwrite64" && $0.subject.contains("/published/") }
    if result.isCured, useful != nil {
      result.faults.append("a destination was written before the escrow was durable")
    }
    return result
  }
}
