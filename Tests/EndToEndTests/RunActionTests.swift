import Glibc
import JSON
import TestSupport
import Testing

/// Programs are run for new secrets by the real service.
@Suite struct RunActionTests {
  /// Writes the roll's id as a line.
  private static let noteRoll = #"echo "$TOKENROLL_ROLL_ID" >>"$0""#
  /// The same, and then waits for the gate beside the lines.
  private static let noteRollAndWait =
    noteRoll + #"; echo begun; while [ -e "$0" ] && [ ! -e "$0.gate" ]; do sleep 0.1; done"#

  /// A workspace whose one entry runs `programs`, lists by key in JSON.
  private func workspace(
    _ sandbox: SandboxUnderTest, _ programs: (Workspace) -> [String: String]
  ) throws -> (Workspace, ServiceConfiguration) {
    let workspace = try Workspace(sandbox)
    var configuration = workspace.configuration
    var entry = workspace.entry("one", try sandbox.token("token-1"))
    entry.programs = programs(workspace)
    configuration.entries = [entry]
    return (workspace, configuration)
  }

  private func rolls(_ sandbox: SandboxUnderTest) throws -> Int64 {
    try sandbox.rolls(of: sandbox.token("token-1"))
  }

  @Test func aProgramIsToldWhatWasRolledAndNothingElse() throws {
    let sandbox = try SandboxUnderTest()
    var (workspace, configuration) = try workspace(sandbox) { _ in
      ["run": ServiceConfiguration.program(["/usr/bin/env"])]
    }
    configuration.entries[0].publish.append(.init(file: "\(workspace.published)/env", format: "env"))
    let service = try workspace.start(configuration, environment: ["NOT_FOR_PROGRAMS": "x"])
    let end = try service.event("actionFinished", entry: "one")
    try service.event("rollSettled")
    let token = try sandbox.token("token-1")
    let roll = try #require(end.roll)
    #expect(service.events("rollSettled").first?.roll == roll)
    #expect(
      service.events("programOutput", entry: "one").map(\.message).sorted()
        == [
          "\(workspace.published)/env",
          "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
          "TOKENROLL_ACCOUNT_ID=\(token.account)", "TOKENROLL_ENTRY=one", "TOKENROLL_EVENT=published",
          "TOKENROLL_FILES=\(workspace.published)/one", "TOKENROLL_ROLL_ID=\(roll)",
          "TOKENROLL_TOKEN_ID=\(token.id)",
        ].sorted())
    #expect(end.line.contains(#""tokenroll_program":"/usr/bin/env","tokenroll_exit_status":0"#))
    #expect(try service.stop() == 0)
    #expect(try workspace.history().last?["detail"]?.string == "/usr/bin/env: exit status 0")
  }

  @Test func theSecretIsOnStandardInputWhereThatIsAskedForAndNeverInTheLog() throws {
    let sandbox = try SandboxUnderTest()
    let (workspace, configuration) = try workspace(sandbox) { workspace in
      let reading = workspace.shell(
        #"cat >"$0"; cat "$0"; echo; echo "$(cut -c9-30 "$0")""#, "read", ["stdin": "true"])
      let other = workspace.shell(#"cat >"$0"; echo end >>"$0""#, "other")
      return ["run": "\(reading.dropLast()), \(other.dropFirst())"]
    }
    let service = try workspace.start(configuration)
    try service.event("actionFinished", count: 2)
    try service.event("rollSettled")
    #expect(try service.stop() == 0)
    let secret = try sandbox.token("token-1").secret
    #expect(workspace.lines("read") == [secret])
    #expect(workspace.lines("other") == ["end"])
    #expect(service.events("programOutput").map(\.message) == ["<redacted>", "<redacted>"])
    #expect(!SecretParts([secret]).found(in: Array(service.lines.joined(separator: "\n").utf8)))
  }

  @Test func theWholeGroupIsEndedWhenItTakesTooLong() throws {
    let sandbox = try SandboxUnderTest()
    let (workspace, configuration) = try workspace(sandbox) { workspace in
      // Its child holds the pipe open for as long as it lives, and neither heeds SIGTERM.
      let script = #"trap '' TERM; exec 9>"$0"; sleep 1000 & echo begun; wait; wait; wait"#
      return ["run": workspace.shell(script, "pipe", ["timeout": "\"1s\""])]
    }
    let pipe = workspace.directory.path("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    let reader = open(pipe, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    defer { close(reader) }
    let service = try workspace.start(configuration)
    let failure = try service.event("actionFailed", entry: "one")
    #expect(failure.message.contains("failed: ended after its time limit of 1s. The new secret is published"))
    #expect(service.events("programOutput").map(\.message) == ["begun"])
    var descriptor = pollfd(fd: reader, events: 0, revents: 0)
    #expect(poll(&descriptor, 1, 60_000) == 1)
    #expect(descriptor.revents & Int16(POLLHUP) != 0)
    #expect(try service.stop() == 0)
    #expect(try rolls(sandbox) == 1)
  }

  @Test func aFailureIsToldAndNeitherRepeatedNorAReasonToRoll() throws {
    let sandbox = try SandboxUnderTest()
    let (workspace, configuration) = try workspace(sandbox) { workspace in
      ["run": workspace.shell(Self.noteRoll + #"; [ -e "$0.mended" ] || exit 3"#)]
    }
    let service = try workspace.start(configuration)
    let failure = try service.event("actionFailed", entry: "one")
    #expect(failure.priority == 3)
    #expect(failure.message.contains("failed: exit status 3."))
    #expect(failure.message.hasSuffix("then `tokenroll retry one`."))
    #expect(failure.line.contains(#""tokenroll_exit_status":3"#))
    try service.event("rollSettled")
    let status = try workspace.command("status")
    #expect(status.status == 1)
    #expect(status.outputText.contains("1 with failed programs"))
    #expect(try workspace.command("status", "one").outputText.contains("(published): exit status 3"))
    #expect(try workspace.command("metrics").outputText.contains("tokenroll_programs_failed 1\n"))
    #expect(try service.stop() == 0)

    let next = try workspace.restart()
    try next.event("serviceReady")
    #expect(try workspace.command("status").status == 1)
    #expect(try workspace.command("retry", "one").status == 0)
    try next.event("actionFailed", entry: "one")
    #expect(next.events("actionStarted").count == 1)
    _ = try workspace.directory.write("lines.mended", "")
    #expect(try workspace.command("retry", "one").status == 0)
    try next.event("actionRecovered", entry: "one")
    #expect(try workspace.command("status").status == 0)
    #expect(try workspace.command("retry", "one").status == 1)
    #expect(try next.stop() == 0)
    let lines = workspace.lines()
    #expect(lines.count == 3)
    #expect(Set(lines).count == 1)
    #expect(try rolls(sandbox) == 1)
    let detail = try workspace.history().last?["detail"]?.string
    #expect(detail?.hasSuffix(": exit status 0") == true)
  }

  @Test func aKillDuringTheRunHasItRunOnceMore() throws {
    let sandbox = try SandboxUnderTest()
    let (workspace, configuration) = try workspace(sandbox) { workspace in
      // What the kill leaves behind ends with the gate, or with the workspace.
      [
        "run": workspace.shell(Self.noteRollAndWait)
      ]
    }
    let service = try workspace.start(configuration)
    try service.event("programOutput")
    try service.event("rollSettled")
    try service.crash()
    _ = try workspace.directory.write("lines.gate", "")

    let next = try workspace.restart()
    try next.event("actionFinished", entry: "one")
    #expect(try next.stop() == 0)
    let last = try workspace.restart()
    try last.event("serviceReady")
    #expect(try last.stop() == 0)
    #expect(last.events("actionStarted").isEmpty)
    #expect(workspace.lines().count == 2)
    #expect(Set(workspace.lines()).count == 1)
    #expect(try rolls(sandbox) == 1)
  }

  @Test func aKillBeforeTheSettlementDoesNotRepeatWhatWasRun() throws {
    let sandbox = try SandboxUnderTest()
    let (workspace, configuration) = try workspace(sandbox) { ["run": $0.shell(Self.noteRoll)] }
    // Consumers do not wait for an API that cannot say.
    try sandbox.addFault(#"{"kind":"refuse","status":500,"call":"verify","count":"forever"}"#)
    let service = try workspace.start(configuration)
    try service.event("actionFinished", entry: "one")
    try service.crash()
    #expect(service.events("rollSettled").isEmpty)
    try sandbox.administer("DELETE", "/faults")

    let next = try workspace.restart()
    try next.event("rollSettled", entry: "one")
    #expect(try next.stop() == 0)
    #expect(workspace.lines().count == 1)
    #expect(try rolls(sandbox) == 1)
  }

  @Test func eachRollHasItsRun() throws {
    let sandbox = try SandboxUnderTest()
    let (workspace, configuration) = try workspace(sandbox) { ["run": $0.shell(Self.noteRoll)] }
    let service = try workspace.start(configuration)
    try service.event("actionFinished", entry: "one")
    try service.event("rollSettled", entry: "one")
    #expect(try workspace.command("roll", "one", "--yes").status == 0)
    try service.event("actionFinished", entry: "one", count: 2)
    #expect(try service.stop() == 0)
    #expect(workspace.lines() == service.events("rollSettled").compactMap(\.roll))
  }

  @Test func aStopWaitsForTheProgram() throws {
    let sandbox = try SandboxUnderTest()
    let (workspace, configuration) = try workspace(sandbox) { workspace in
      [
        "run": workspace.shell(Self.noteRollAndWait)
      ]
    }
    let service = try workspace.start(configuration)
    try service.event("programOutput")
    try service.event("rollSettled")
    service.signal(SIGTERM)
    try service.event("serviceStopping")
    _ = try workspace.directory.write("lines.gate", "")
    #expect(try service.ended() == 0)
    #expect(service.events("actionFinished").count == 1)
    let next = try workspace.restart()
    try next.event("serviceReady")
    #expect(try next.stop() == 0)
    #expect(workspace.lines().count == 1)
  }

  @Test func anEntryThatDoesNotAskForItAnyMoreIsOwedNothing() throws {
    let sandbox = try SandboxUnderTest()
    var (workspace, configuration) = try workspace(sandbox) { _ in
      ["run": ServiceConfiguration.program(["/bin/false"])]
    }
    let service = try workspace.start(configuration)
    try service.event("actionFailed")
    try service.event("rollSettled")
    #expect(try workspace.command("status").status == 1)
    configuration.entries[0].programs = [:]
    try workspace.write(configuration)
    #expect(try workspace.command("reload").status == 0)
    #expect(try workspace.command("status").status == 0)
    #expect(try service.stop() == 0)
  }

  @Test func actionsAreTriedWithoutARoll() throws {
    let sandbox = try SandboxUnderTest()
    let (workspace, configuration) = try workspace(sandbox) { workspace in
      [
        "run": workspace.shell(
          #"cat >>"$0"; echo >>"$0"; echo tried; [ ! -e "$0.bad" ]"#, "lines", ["stdin": "true"])
      ]
    }
    let service = try workspace.start(configuration)
    try service.event("actionFinished")
    try service.event("rollSettled")
    let good = try workspace.command("run-actions", "one")
    #expect(good.status == 0)
    #expect(good.outputText.hasPrefix("  tried\nRan "))
    _ = try workspace.directory.write("lines.bad", "")
    let bad = try workspace.command("run-actions", "one")
    #expect(bad.status == 1)
    #expect(bad.errorText.contains("failed: exit status 1."))
    let unknown = try workspace.command("run-actions", "two")
    #expect(unknown.status == 64)
    #expect(unknown.errorText.contains("there is no entry \"two\""))
    #expect(try service.stop() == 0)
    #expect(workspace.lines() == Array(repeating: try sandbox.token("token-1").secret, count: 3))
    #expect(try rolls(sandbox) == 1)
  }

  @Test func aRollWithoutAServiceRunsItToo() throws {
    let sandbox = try SandboxUnderTest()
    let (workspace, configuration) = try workspace(sandbox) {
      ["run": $0.shell(Self.noteRoll + #"; [ -e "$0.mended" ]"#)]
    }
    try workspace.write(configuration)
    func once() throws -> TestProcess.Result {
      try TestProcess.run(
        TestProcess.product("tokenroll"), ["roll", "--once", "--config", workspace.configurationFile])
    }
    let first = try once()
    #expect(first.status == 1)
    #expect(first.errorText.contains("failed: exit status 1; the next run tries again"))
    _ = try workspace.directory.write("lines.mended", "")
    // Nothing is due, and what failed is run again.
    #expect(try once().status == 0)
    #expect(try once().status == 0)
    #expect(workspace.lines().count == 2)
    #expect(try rolls(sandbox) == 1)
  }

  @Test func aProgramThatOthersCanChangeIsNotRun() throws {
    let sandbox = try SandboxUnderTest()
    let (workspace, configuration) = try workspace(sandbox) {
      ["run": ServiceConfiguration.program([$0.directory.path("program")])]
    }
    _ = try workspace.directory.write("program", "#!/bin/sh\necho it ran\n", mode: 0o757)
    try workspace.write(configuration)
    let check = try TestProcess.run(
      TestProcess.product("tokenroll"), ["check", "--config", workspace.configurationFile])
    #expect(check.status == 0)
    #expect(check.errorText.hasPrefix("warning: one: cannot trust \(workspace.directory.path("program")): "))
    let service = try workspace.start(configuration)
    #expect(
      try service.event("actionFailed").message.hasPrefix("A program could not be run as things stand: "))
    try service.event("rollSettled")
    #expect(
      try service.event("actionFailed", count: 2).message.contains(
        "so everyone can change what the service runs"))
    #expect(try service.stop() == 0)
    #expect(service.events("programOutput").isEmpty)
    #expect(try workspace.publishedText("one") == sandbox.token("token-1").secret)
  }
}
