import Glibc
import Testing

/// Every system call of a roll fails, once, several times or for good; the secret is never lost.
@Suite(.enabled(if: SyscallInjector.isSupported)) struct FailEverywhereTests {
  /// How long the fault lasts.
  enum Duration: Int, Sendable, CaseIterable {
    case once = 1
    case several = 3
    case forGood = 0
  }

  /// One call that is disturbed.
  private struct Point: Sendable {
    let call: String
    /// Which call of this name, from 1.
    let occurrence: Int
    let subject: String
    let disturbance: SyscallInjector.Disturbance
    let duration: Duration
    let before: WalkedRoll.Before

    var description: String {
      let what =
        switch disturbance {
        case .error(let code, _): String(cString: strerror(code))
        default: "half"
        }
      return "\(call) \(occurrence) (\(subject)), \(what), \(duration), \(before.rawValue)"
    }
  }

  /// What each call is made to fail with.
  static let errors: [(call: String, errors: [Int32])] = [
    ("openat", [EACCES, EMFILE, EROFS, ENOSPC, ENOMEM, EIO, EINTR]), ("newfstatat", [EACCES, ENOMEM, EIO]),
    ("readlinkat", [EACCES, EIO]), ("fallocate", [ENOSPC, EIO, EINTR]), ("fchmod", [EACCES, EROFS]),
    ("pwrite64", [EIO, ENOSPC, EINTR]), ("ftruncate", [EIO, EINTR]), ("fsync", [EIO, ENOSPC, EINTR]),
    ("fdatasync", [EIO, ENOSPC]), ("renameat", [EACCES, EROFS, ENOSPC, EIO]),
    ("unlinkat", [EACCES, EROFS, EIO]), ("mkdirat", [EACCES, ENOSPC, EROFS, EIO]),
    ("symlinkat", [EACCES, ENOSPC, EIO]), ("linkat", [EACCES, EMLINK, ENOSPC, EIO]),
    ("socket", [EMFILE, ENOMEM]), ("connect", [ECONNREFUSED, EACCES]), ("sendto", [EPIPE, ENOMEM, EIO]),
    ("recvfrom", [ECONNRESET, ENOMEM, EIO]),
  ]
  /// The calls that the network answers: such a fault can leave it open whether the roll took place.
  private static let network: Set<String> = ["socket", "connect", "sendto", "recvfrom"]
  /// What is tried in the short form, spread evenly over all there is.
  private static let shortCount = getenv("TOKENROLL_WALK_POINTS").flatMap { Int(String(cString: $0)) } ?? 160

  @Test func aFaultOfAnyCallLosesNoSecret() async throws {
    let sandbox = try SandboxUnderTest("--tokens", "12000")
    let tokens = try sandbox.tokens()
    let credential = try #require(tokens.first { $0.name == "credential" }).secret
    let subjects = tokens.filter { $0.name != "credential" }

    let twin = try #require(subjects.last)
    var all: [Point] = []
    for (index, before) in WalkedRoll.Before.allCases.enumerated() {
      let roll = try WalkedRoll(subjects[index], before, sandbox, credential: credential, twin: twin)
      let injector = SyscallInjector(calls: Self.errors.map(\.call).joined(separator: ","), log: roll.log)
      let service = try roll.workspace.restart(through: injector.command())
      try service.event("rollSettled")
      try service.stop()
      all += Self.points(try injector.trace(), before)
    }
    let walked = WalkedRoll.Before.allCases.count
    try #require(all.count + walked + 1 < subjects.count)
    // An odd stride meets all durations and errors in turn.
    let stride = isSoak ? 1 : max(1, all.count / Self.shortCount) | 1
    let points = Swift.stride(from: 0, to: all.count, by: stride).map { all[$0] }
    let results = await inParallel(Array(points.enumerated()), width: 8) { (index, point) -> [String] in
      do {
        return try Self.fail(point, subjects[index + walked], sandbox, credential, twin)
      } catch {
        return ["\(error)"]
      }
    }
    let lost = results.filter { $0.contains { $0.hasPrefix("LOST") } }.count
    print("fail everywhere: \(points.count) of \(all.count) points tried, \(lost) lost")
    for (point, faults) in zip(points, results) where !faults.isEmpty {
      Issue.record("\(point.description): \(faults.joined(separator: "; "))")
    }
  }

  private static func points(_ trace: [SyscallInjector.Call], _ before: WalkedRoll.Before) -> [Point] {
    var points: [Point] = []
    for (name, errors) in errors {
      for (index, call) in trace.filter({ $0.name == name }).enumerated() {
        func add(_ disturbance: SyscallInjector.Disturbance, _ duration: Duration) {
          points.append(
            Point(
              call: name, occurrence: index + 1, subject: call.subject, disturbance: disturbance,
              duration: duration,
              before: before))
        }
        for error in errors {
          for duration in Duration.allCases {
            // A call that is interrupted for ever does not exist.
            if error == EINTR, duration == .forGood { continue }
            add(.error(error, times: duration.rawValue), duration)
          }
        }
        if name == "pwrite64" { add(.short, .once) }
      }
    }
    return points
  }

  private static func fail(
    _ point: Point, _ token: SandboxUnderTest.Token, _ sandbox: SandboxUnderTest, _ credential: String,
    _ twin: SandboxUnderTest.Token
  ) throws -> [String] {
    let roll = try WalkedRoll(token, point.before, sandbox, credential: credential, twin: twin)
    let injector = SyscallInjector(
      calls: point.call, at: point.occurrence, disturbance: point.disturbance, log: roll.log)
    let service = try roll.workspace.restart(through: injector.command())
    if point.duration != .forGood {
      guard try service.eventOrEnd(["rollSettled"], within: 150) != nil else {
        return ["the service ended: \(service.lines.suffix(5))"]
      }
      guard try service.stop() == 0 else {
        return ["the service did not end well: \(service.lines.suffix(5))"]
      }
      let lost = (service.events("rollHappenedSecretLost") + service.events("standbySecretLost")).count
      if lost > 0, !network.contains(point.call) { return ["a roll was lost: \(service.lines)"] }
      return try verdict(roll, rolls: Int64(1 + lost), isNetwork: network.contains(point.call))
    }
    var kinds = [
      "rollSettled", "publicationFailed", "stateNotWritten", "rollNotReady", "rollRefused", "rollUncertain",
      "verificationUnknown",
    ]
    // An API that cannot be asked is asked for minutes.
    if network.contains(point.call) {
      kinds.append(point.before == .secretOfTwin ? "secretEscrowed" : "secretPublished")
    }
    // What consumers can do without is published once it is durable.
    if point.before == .secretOfTwin { kinds.append("escrowFailed") }
    let decisive = try service.eventOrEnd(kinds, within: 240)
    guard decisive != nil else { return ["the service ended: \(service.lines.suffix(5))"] }
    return try outlive(point, roll, service)
  }

  /// The fault lasts as long as the process: it ends where nothing is lost by that, and a new one settles the roll.
  private static func outlive(_ point: Point, _ roll: WalkedRoll, _ service: RunningService) throws
    -> [String]
  {
    let (rolls, secret) = try roll.truth()
    let isSafe = roll.workspace.escrowed.contains { !$0.hasPrefix(".") }
    // A file that has its name, and whose directory could not be made durable, is no copy to rely on.
    let isInMemory =
      rolls == 1 && service.events("secretEscrowed").isEmpty && !service.events("publicationFailed").isEmpty
    let isHeldBack =
      point.before == .secretOfTwin && rolls == 1 && service.events("secretEscrowed").isEmpty
      && !service.events("escrowFailed").isEmpty
    var expected: Int64 = 1
    if isHeldBack {
      guard roll.wrongDestinations(secret).count >= WalkedRoll.destinationCount else {
        return ["a secret is published that is in memory alone"]
      }
      service.signal(SIGKILL)
      try service.ended()
      expected = roll.workspace.escrowed.contains { !$0.hasPrefix(".") } ? 1 : 2
    } else if isInMemory, !roll.wrongDestinations(secret).isEmpty {
      guard let event = service.events("escrowFailed").first, event.priority == 2 else {
        return ["the only copy is in memory, and nothing critical was logged"]
      }
      // It goes on trying, and does not end while it has the only copy.
      let tries = service.events("publicationFailed").count
      service.signal(SIGTERM)
      try service.event("serviceStopping")
      try service.event("publicationFailed", count: tries + 1)
      if service.isOver { return ["LOST: the service ended with the only copy of a secret"] }
      service.signal(SIGKILL)
      try service.ended()
      // The machine did not crash, so that such a file is still there.
      expected = roll.workspace.escrowed.contains { !$0.hasPrefix(".") } ? 1 : 2
    } else {
      guard try service.stop() == 0 else {
        return ["the service did not end well: \(service.lines.suffix(5))"]
      }
      // Its answer did not arrive.
      let isAnswerLost = rolls == 1 && !isSafe && service.events("secretPublished").isEmpty
      if isAnswerLost { expected = 2 }
    }
    let isSettled = try roll.isOver()
    let next = try roll.workspace.restart()
    try next.event(isSettled ? "serviceReady" : "rollSettled")
    guard try next.stop() == 0 else {
      return ["the second service did not end well: \(next.lines.suffix(5))"]
    }
    return try verdict(roll, rolls: expected, isNetwork: network.contains(point.call))
  }

  /// What is wrong in the end; what a fault kept from being removed goes at the next start at the latest.
  private static func verdict(_ roll: WalkedRoll, rolls: Int64, isNetwork: Bool) throws -> [String] {
    let faults = try roll.faults(rolls: rolls, allowUnverified: isNetwork)
    guard !faults.isEmpty,
      faults.allSatisfy({ $0.hasPrefix("escrow left") || $0.hasPrefix("temporary left") })
    else {
      return faults
    }
    let next = try roll.workspace.restart()
    try next.event("serviceReady")
    try next.stop()
    return try roll.faults(rolls: rolls, allowUnverified: isNetwork)
  }
}
