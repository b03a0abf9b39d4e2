import Core
import Glibc
import TestSupport
import Testing

@testable import Platform

@RotationActor @Suite(.serialized, .timeLimit(.minutes(1))) struct ChildProcessTests {
  final class Lines {
    var all: [String] = []
  }

  /// Runs a line of sh(1) and returns what became of it, and what it wrote.
  private func shell(
    _ script: String, input: Secret? = nil, environment: [String: String] = [:],
    timeLimit: TimeSpan = .seconds(30),
    grace: TimeSpan = .seconds(5)
  ) async throws -> (ChildProcess.Outcome, [String]) {
    nonisolated(unsafe) let lines = Lines()
    let child = ChildProcess(
      program: "/bin/sh", arguments: ["-c", script], environment: environment, standardInput: input,
      timeLimit: timeLimit, grace: grace)
    let outcome = try await child.run { lines.all.append($0) }
    return (outcome, lines.all)
  }

  @Test(
    arguments: [
      ("exit 0", .exited(0)), ("exit 3", .exited(3)), ("exit 255", .exited(255)),
      ("kill -9 $$", .signalled(SIGKILL)),
      ("kill -15 $$", .signalled(SIGTERM)),
    ] as [(String, ChildProcess.Ending)])
  func endingIsTold(script: String, ending: ChildProcess.Ending) async throws {
    let (outcome, lines) = try await shell(script)
    #expect(outcome == ChildProcess.Outcome(ending: ending, wasTerminated: false))
    #expect(lines == [])
  }

  @Test func outputOfBothStreamsArrivesByLine() async throws {
    let (_, lines) = try await shell("echo one; echo two >&2; printf 'three\\n\\nfour'")
    #expect(lines == ["one", "two", "three", "", "four"])
  }

  @Test func largeOutputIsWhole() async throws {
    let (_, lines) = try await shell("seq 1 50000")
    #expect(lines.count == 50_000)
    #expect(lines.last == "50000")
  }

  @Test(arguments: [0, 1, 4_096, 65_536]) func inputIsReadToItsEnd(count: Int) async throws {
    let (_, lines) = try await shell("wc -c", input: secret(String(repeating: "x", count: count)))
    #expect(lines == ["\(count)"])
  }

  @Test func withoutInputThereIsNone() async throws {
    let (_, lines) = try await shell("wc -c; readlink /proc/self/fd/0")
    #expect(lines == ["0", "/dev/null"])
  }

  @Test func tooMuchInputIsRefusedAndNothingRuns() async throws {
    let input = secret(String(repeating: "x", count: 65_537))
    await #expect(throws: SystemError.self) { try await shell("echo ran", input: input) }
  }

  @Test func environmentIsTheGivenOneAndNothingElse() async throws {
    let child = ChildProcess(
      program: "/usr/bin/env", environment: ["TOKENROLL_ENTRY": "dns-edge", "EMPTY": ""],
      timeLimit: .seconds(30))
    nonisolated(unsafe) let lines = Lines()
    _ = try await child.run { lines.all.append($0) }
    #expect(lines.all.sorted() == ["EMPTY=", "PATH=\(Spawn.defaultPath)", "TOKENROLL_ENTRY=dns-edge"])
  }

  @Test func noSignalIsBlockedOrIgnored() async throws {
    // What a service does, and a child must not inherit.
    SignalSource.ignoreBrokenPipes()
    // grep itself is asked: a shell may set its own signals.
    let child = ChildProcess(
      program: "/bin/grep", arguments: ["-E", "^Sig(Blk|Ign)", "/proc/self/status"], timeLimit: .seconds(30))
    nonisolated(unsafe) let lines = Lines()
    _ = try await child.run { lines.all.append($0) }
    let masks = lines.all.compactMap { $0.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) } }
    // Signals 32 and 33 are the C library's own, which posix_spawn(3) itself has ignored.
    #expect(masks.map { $0 & ~0x1_8000_0000 } == [0, 0])
  }

  @Test func noDescriptorIsInherited() async throws {
    // Without O_CLOEXEC on purpose.
    let inherited = open("/dev/null", O_RDONLY)
    defer { close(inherited) }
    let (_, lines) = try await shell("exec ls /proc/self/fd")
    // 3 is the directory that ls reads.
    #expect(lines == ["0", "1", "2", "3"])
  }

  @Test func childLeadsAGroupAndStartsInTheRoot() async throws {
    let (_, lines) = try await shell(
      "pwd; test $(ps -o pgid= -p $$ 2>/dev/null || cut -d' ' -f5 /proc/$$/stat) -eq $$ && echo leads")
    #expect(lines == ["/", "leads"])
  }

  @Test func childThatTakesTooLongIsToldToEnd() async throws {
    let (outcome, _) = try await shell("sleep 600", timeLimit: .milliseconds(50))
    #expect(outcome == ChildProcess.Outcome(ending: .signalled(SIGTERM), wasTerminated: true))
  }

  @Test func childThatDoesNotListenIsKilledWithItsGroup() async throws {
    let (outcome, lines) = try await shell(
      "trap '' TERM; sleep 600 & echo $!; while :; do sleep 600; done", timeLimit: .milliseconds(300),
      grace: .milliseconds(50))
    #expect(outcome == ChildProcess.Outcome(ending: .signalled(SIGKILL), wasTerminated: true))
    let grandchild = try #require(lines.first.flatMap { Int32($0) })
    // Readable once it has ended; none to be had where it is gone altogether.
    guard let end = try? Syscalls.pidfdOpen(grandchild) else { return }
    var request = pollfd(fd: end.rawValue, events: Int16(POLLIN), revents: 0)
    #expect(poll(&request, 1, 10_000) == 1)
  }

  @Test func cancelledTaskEndsTheChild() async throws {
    let (events, continuation) = AsyncStream<Void>.makeStream()
    let task = Task { @RotationActor in
      try await ChildProcess(
        program: "/bin/sh", arguments: ["-c", "echo ready; sleep 600"], timeLimit: .seconds(600)
      ).run { _ in continuation.yield() }
    }
    var iterator = events.makeAsyncIterator()
    await iterator.next()
    task.cancel()
    #expect(try await task.value == ChildProcess.Outcome(ending: .signalled(SIGTERM), wasTerminated: true))
  }

  @Test func endIsNotWaitedForWithTheOutputOfThoseWhoOutlive() async throws {
    let (outcome, lines) = try await shell("sleep 5 & echo done")
    #expect(outcome.ending == .exited(0))
    #expect(lines == ["done"])
  }

  @Test(arguments: [
    ("/nonexistent", "cannot run /nonexistent: no such file or directory (ENOENT)"),
    ("/etc", "cannot run /etc: permission denied (EACCES)"),
    ("sh", "cannot run sh: its path is not absolute, or a word has a NUL"),
  ])
  func whatCannotBeRunSaysWhy(program: String, text: String) async {
    do {
      _ = try await ChildProcess(program: program, timeLimit: .seconds(1)).run { _ in }
      Issue.record("ran")
    } catch {
      #expect("\(error)" == text)
    }
  }

  #if DEBUG
    @Test func childThatCannotBeWatchedDoesNotRunOn() async throws {
      let faults = SyscallFaults(.init(.pidfdOpen, .fails(EMFILE)))
      await SyscallFaults.$current.withValue(faults) {
        await #expect(throws: SystemError.self) { try await shell("sleep 600") }
      }
      #expect(faults.count(of: .waitpid) == 1)
    }
  #endif

  @Test func descriptorsOfChildrenAreClosed() async throws {
    let isOurs = { (target: String) in target.hasPrefix("pipe:") || target.hasPrefix("anon_inode:[pidfd]") }
    let before = OpenDescriptors.targets(where: isOurs).count
    for _ in 0..<50 { _ = try await shell("echo x", input: secret("x")) }
    #expect(OpenDescriptors.targets(where: isOurs).count < before + 25)
  }
}

@Suite struct LineSplitterTests {
  @Test(
    arguments: [
      (["a\nb\n"], ["a", "b"]), (["a", "b\n", "c"], ["ab", "c"]), (["\n\n"], ["", ""]), ([], []),
      (["\u{FFFD}x\n"], ["\u{FFFD}x"]),
    ] as [([String], [String])])
  func piecesBecomeLines(pieces: [String], lines: [String]) {
    var splitter = LineSplitter()
    let complete = pieces.flatMap { splitter.add($0.utf8) }
    #expect(complete + [splitter.finish()].compactMap { $0 } == lines)
  }

  @Test func endlessLineIsCut() {
    var splitter = LineSplitter()
    let lines = splitter.add(String(repeating: "x", count: 10_000).utf8)
    #expect(lines.map(\.utf8.count) == [4_096, 4_096])
    #expect(splitter.finish()?.utf8.count == 1_808)
  }
}
