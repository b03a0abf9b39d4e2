import Glibc
import JSON
import TestSupport
import Testing

/// Secrets that are published as encrypted credentials, by systemd-creds itself or by the helper on its socket.
@Suite struct EncryptedCredentialTests {
  /// Whether systemd-creds can encrypt here, which takes root and a place for root's key.
  static let canEncrypt =
    geteuid() == 0
    && (try? TestProcess.run("systemd-creds", ["encrypt", "--name=x", "-", "-"], input: "x").status) == 0

  private let sandbox: SandboxUnderTest
  private let workspace: Workspace
  private let token: SandboxUnderTest.Token

  init() throws {
    sandbox = try SandboxUnderTest()
    workspace = try Workspace(sandbox)
    token = try sandbox.token("token-1")
  }

  private func destination(_ name: String, _ others: [String: String] = [:])
    -> ServiceConfiguration.Destination
  {
    .init(file: "\(workspace.published)/\(name)", format: "credential", others: others)
  }

  private func raw(_ name: String) -> ServiceConfiguration.Destination {
    .init(file: "\(workspace.published)/\(name)")
  }

  /// An entry "one" with these destinations, and "two" with a plain one where it is asked for.
  private func configuration(
    _ publish: [ServiceConfiguration.Destination], withOther: Bool = false
  ) throws -> ServiceConfiguration {
    var configuration = workspace.configuration
    configuration.entries = [workspace.entry("one", token, publish: publish)]
    if withOther { configuration.entries.append(workspace.entry("two", try sandbox.token("token-2"))) }
    return configuration
  }

  private func imitated(_ name: String) -> String? {
    workspace.publishedText(name).flatMap(HelperUnderTest.secret)
  }

  private func secret() throws -> String { try sandbox.token("token-1").secret }

  // MARK: - With systemd-creds

  @Test(.enabled(if: canEncrypt, "systemd-creds cannot encrypt here"))
  func rootEncryptsByItselfWhereThereIsNoHelper() throws {
    let plain = "\(workspace.published)/plain"
    let publish = [destination("one.cred"), destination("two.cred", ["name": "\"api token\""])]
    let service = try workspace.start(
      configuration(publish), environment: ["TOKENROLL_ENCRYPT_SOCKET": workspace.directory.path("none")])
    try service.event("rollSettled", entry: "one")
    #expect(try service.stop() == 0)
    let secret = try secret()
    for (file, name) in [("one.cred", "one.cred"), ("two.cred", "api token")] {
      let path = "\(workspace.published)/\(file)"
      let result = try TestProcess.run("systemd-creds", ["decrypt", "--name=\(name)", path, plain])
      #expect(result.status == 0, "\(result.errorText)")
      #expect(workspace.publishedText("plain") == secret)
      #expect(workspace.publishedText(file)?.contains(secret) == false)
      unlink(plain)
    }
    // It is bound to its name.
    let other = try TestProcess.run(
      "systemd-creds", ["decrypt", "--name=other", "\(workspace.published)/one.cred", plain])
    #expect(other.status != 0)
  }

  @Test(.enabled(if: canEncrypt, "systemd-creds cannot encrypt here"))
  func theHelperEncryptsWhatComesOverItsSocket() throws {
    let helper = try HelperUnderTest(.real)
    let service = try workspace.start(
      configuration([.init(file: "\(workspace.published)/one.cred", format: "credential", mode: "0640")]),
      environment: helper.environment)
    try service.event("rollSettled", entry: "one")
    #expect(try service.stop() == 0)
    #expect(helper.requests.filter { $0 != HelperUnderTest.sample } == ["one.cred"])
    let path = "\(workspace.published)/one.cred"
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o7777 == 0o640)
    let plain = workspace.directory.path("plain")
    let result = try TestProcess.run("systemd-creds", ["decrypt", "--name=one.cred", path, plain])
    #expect(result.status == 0, "\(result.errorText)")
    #expect(try String(decoding: contents(of: plain), as: UTF8.self) == secret())
  }

  private static let roll = "0a000000000000010000000000000002"

  @Test(
    arguments: [
      "", "\n", "encrypt\n", "encrypt x y\nz", "encrypt 1 \nx", "encrypt 1 ..\nx", "encrypt 1 a/b\nx",
      "encrypt 1 a:b\nx", "encrypt -1 a\nx", "encrypt 16385 a\nx", "encrypt 2 a\nx", "encrypt 1 a\nxy",
      "refused 1\nx", "encrypt 1 \u{e9}\nx", "encrypt 1 tokenroll-escrow.a\nx",
      "seal 1\nx", "seal 1 a\nx", "open 1\nx", "open 1 ..\nx", "open 1 tokenroll-escrow.\(roll)\nx",
      "open 1 \(roll) x\nx",
      "open 1 \(roll.uppercased())\nx", "open 1 \(roll)0\nx", "open 16385 \(roll)\nx", "open 2 \(roll)\nx",
      "open 1 \(roll)\nxy",
      "opened 1\nx", "encrypted 1\nx", String(repeating: "x", count: 70_000),
    ])
  func theHelperRefusesWhatIsNoRequest(_ request: String) throws {
    let result = try TestProcess.run(TestProcess.product("tokenroll"), ["__encrypt"], input: request)
    #expect(result.status == 1)
    #expect(result.outputText.hasPrefix("refused "))
    #expect(result.errorText.hasPrefix("cannot "))
  }

  // MARK: - A helper that fails

  /// What goes wrong with the secret of a roll, though the sample before it could be encrypted.
  private static let faults: [(what: String, behaviour: HelperUnderTest.Behaviour, told: String)] = [
    ("refuses", .answer("refused 7\nno room"), "it refuses: no room"),
    ("refuses without a reason", .answer("refused 0\n"), "without a reason"),
    ("says what was to be encrypted", .indiscretion, "with a reason that is not repeated here"),
    ("answers with the secret", .plaintext, "what it answers is no credential"),
    ("talks nonsense", .answer("hello, world\n"), "what it answers is no answer"),
    ("answers with no credential", .answer("encrypted 9\nno Base64"), "what it answers is no credential"),
    ("answers with too little", .answer("encrypted 8\nAAAAAAAA"), "cannot be an encryption"),
    ("answers with more than it announced", .answer("encrypted 4\nAAAAAAAA"), "more than it announced"),
    ("announces too much", .answer("encrypted 99999\nAAAA"), "its first line is not"),
    ("has a first line without end", .answer(String(repeating: "A", count: 4_000)), "first line is too long"),
    ("hangs up", .hangUp, "closed the connection without an answer"),
    ("hangs up in its answer", .answer("encrypted 400\nAAAA"), "closed the connection without an answer"),
    ("is gone", .disappearance, "closed the connection without an answer"),
  ]

  @Test(arguments: faults.map(\.what)) func aSecretThatIsNotEncryptedIsSafeAndTriedAgain(_ what: String)
    throws
  {
    let fault = try #require(Self.faults.first { $0.what == what })
    let helper = try HelperUnderTest(fault.behaviour, sample: .imitation)
    let service = try workspace.start(
      configuration([destination("one.cred"), raw("raw")]), environment: helper.environment)
    let event = try service.event("publicationFailed", entry: "one")
    let secret = try secret()
    #expect(event.message.contains("\(workspace.published)/one.cred"), "\(event.message)")
    #expect(event.message.contains(fault.told), "\(event.message)")
    #expect(event.message.contains("It is safe in escrow"))
    // The other one has it all the same.
    #expect(workspace.publishedText("raw") == secret)
    #expect(workspace.publishedText("one.cred") == nil)
    #expect(workspace.escrowed.count == 1)
    #expect(try workspace.command("status", "one").outputText.contains("unpublished"))

    helper.behave(.imitation)
    _ = try workspace.command("retry", "one")
    try service.event("rollSettled", entry: "one")
    #expect(try service.stop() == 0)
    #expect(imitated("one.cred") == secret)
    #expect(workspace.escrowed.isEmpty && workspace.temporaries.isEmpty)
    #expect(try sandbox.rolls(of: token) == 1)
    #expect(!service.lines.contains { $0.contains(secret) })
  }

  @Test func nothingIsSentWhereNothingCanBeEncrypted() throws {
    let helper = try HelperUnderTest(.answer("refused 7\nno room"))
    let service = try workspace.start(
      configuration([destination("one.cred"), raw("raw")], withOther: true), environment: helper.environment)
    let event = try service.event("rollNotReady", entry: "one")
    #expect(event.message.contains("it refuses: no room"), "\(event.message)")
    // The start tells it too, for all who are concerned.
    _ = try service.wait("the judgement of the start") { events in
      events.first {
        $0.kind == "rollNotReady" && $0.entry == nil
          && $0.message.contains("1 entry wants its secrets encrypted")
      }
    }
    try service.event("rollSettled", entry: "two")
    #expect(try sandbox.rolls(of: token) == 0)
    #expect(try secret() == token.secret)
    #expect(Set(helper.requests) == [HelperUnderTest.sample])
    helper.behave(.imitation)
    _ = try workspace.command("retry", "one")
    try service.event("rollSettled", entry: "one")
    #expect(try service.stop() == 0)
    #expect(try imitated("one.cred") == secret())
    #expect(try sandbox.rolls(of: token) == 1)
  }

  @Test func withoutAHelperNothingIsSentEither() throws {
    try workspace.expectNothingSentWithoutHelper(
      configuration([destination("one.cred")]), token, of: sandbox)
  }

  @Test func aHelperThatHangsHoldsNobodyUp() throws {
    let helper = try HelperUnderTest(.silence)
    let service = try workspace.start(
      configuration([destination("one.cred")], withOther: true), environment: helper.environment)
    try helper.awaitRequest(HelperUnderTest.sample)
    try service.event("rollSettled", entry: "two")
    // Nor does a stop wait for it.
    #expect(try service.stop() == 0)
    #expect(try sandbox.rolls(of: token) == 0)
    #expect(workspace.temporaries.isEmpty)
  }

  @Test func otherDestinationsDoNotWaitForAHelperThatHangs() throws {
    let helper = try HelperUnderTest(.silence, sample: .imitation)
    // The one that is encrypted is the first.
    let service = try workspace.start(
      configuration([destination("one.cred"), raw("raw")], withOther: true), environment: helper.environment)
    try helper.awaitRequest("one.cred")
    #expect(try workspace.publishedText("raw") == secret())
    try service.event("rollSettled", entry: "two")
    helper.behave(.imitation)
    // It was hung up on, and tries again.
    try service.event("publicationFailed", entry: "one")
    try service.event("rollSettled", entry: "one")
    #expect(try service.stop() == 0)
    #expect(try imitated("one.cred") == secret())
    #expect(try sandbox.rolls(of: token) == 1)
  }

  @Test func aStopDuringTheEncryptionLosesNothing() throws {
    let helper = try HelperUnderTest(.silence, sample: .imitation)
    let service = try workspace.start(
      configuration([destination("one.cred"), raw("raw")]), environment: helper.environment)
    try helper.awaitRequest("one.cred")
    #expect(try service.stop() == 0)
    #expect(workspace.escrowed.count == 1)
    #expect(workspace.temporaries.isEmpty)
    helper.behave(.imitation)
    let next = try workspace.restart(environment: helper.environment)
    try next.event("rollSettled", entry: "one")
    #expect(try next.stop() == 0)
    #expect(try imitated("one.cred") == secret())
    #expect(try workspace.publishedText("raw") == secret())
    #expect(workspace.escrowed.isEmpty)
    #expect(try sandbox.rolls(of: token) == 1)
  }

  @Test func aDestinationThatHasItIsNotEncryptedAgain() throws {
    let helper = try HelperUnderTest(.imitation)
    helper.refuse("b.cred")
    let service = try workspace.start(
      configuration([destination("a.cred"), destination("b.cred"), destination("c.cred")]),
      environment: helper.environment)
    try service.event("publicationFailed", entry: "one")
    let first = workspace.publishedText("a.cred")
    #expect(try imitated("a.cred") == secret())
    #expect(try imitated("c.cred") == secret())
    helper.behave(.imitation)
    _ = try workspace.command("retry", "one")
    try service.event("rollSettled", entry: "one")
    #expect(try service.stop() == 0)
    #expect(try imitated("b.cred") == secret())
    #expect(workspace.publishedText("a.cred") == first)
    #expect(helper.requests.count { $0 == "a.cred" } == 1)
    #expect(helper.requests.count { $0 == "c.cred" } == 1)
  }

  @Test func aDestinationThatAReloadAddsMeanwhileGetsTheSecretToo() throws {
    let helper = try HelperUnderTest(.silence, sample: .imitation)
    let service = try workspace.start(
      configuration([destination("one.cred")]), environment: helper.environment)
    try helper.awaitRequest("one.cred")
    try workspace.write(configuration([destination("one.cred"), raw("late")]))
    #expect(try workspace.command("reload").status == 0)
    helper.behave(.imitation)
    try service.event("rollSettled", entry: "one")
    #expect(try service.stop() == 0)
    #expect(try imitated("one.cred") == secret())
    #expect(try workspace.publishedText("late") == secret())
    #expect(try sandbox.rolls(of: token) == 1)
  }

  // MARK: - A service that is killed

  /// The calls that reach the helper, and those that make something durable.
  private static let calls = "connect,write,read,pwrite64,fsync,fdatasync,renameat,unlinkat"

  @Test(.enabled(if: SyscallInjector.isSupported)) func aKillAroundTheEncryptionLosesNothing() async throws {
    let sandbox = try SandboxUnderTest("--tokens", "300")
    let helper = try HelperUnderTest(.imitation)
    let tokens = try sandbox.tokens()
    let credential = try #require(tokens.first { $0.name == "credential" }).secret
    let subjects = tokens.filter { $0.name != "credential" }

    let first = try Walk(subjects[0], sandbox, credential: credential)
    let injector = SyscallInjector(calls: Self.calls, log: first.log)
    let service = try first.workspace.restart(through: injector.command(), environment: helper.environment)
    try service.event("rollSettled")
    #expect(try service.stop() == 0)
    let points = try injector.trace().count
    try #require(points > 20 && points < subjects.count)

    let faults = await inParallel(Array(1...points), width: 4) { point -> String? in
      do {
        return try Self.kill(at: point, Walk(subjects[point], sandbox, credential: credential), helper)
      } catch {
        return "point \(point): \(error)"
      }
    }
    print("kill around the encryption: \(points) points tried")
    for fault in faults.compactMap(\.self) { Issue.record("\(fault)") }
  }

  /// A roll of a token of its own.
  private struct Walk {
    let token: SandboxUnderTest.Token
    let workspace: Workspace
    var log: String { workspace.directory.path("calls") }

    init(_ token: SandboxUnderTest.Token, _ sandbox: SandboxUnderTest, credential: String) throws {
      self.token = token
      workspace = try Workspace(sandbox, in: .memory, credential: credential)
      var configuration = workspace.configuration
      configuration.entries = [
        workspace.entry(
          SyscallInjector.entry, token,
          publish: [
            .init(file: "\(workspace.published)/cred", format: "credential"),
            .init(file: "\(workspace.published)/raw"),
          ])
      ]
      try workspace.write(configuration)
    }
  }

  /// What went wrong; nil where both destinations have the secret in force in the end, after no more rolls than it took.
  private static func kill(at point: Int, _ walk: Walk, _ helper: HelperUnderTest) throws -> String? {
    let injector = SyscallInjector(calls: calls, at: point, disturbance: .kill, log: walk.log)
    let service = try walk.workspace.restart(through: injector.command(), environment: helper.environment)
    // The window may have fewer calls than the one that was traced.
    if try service.eventOrEnd(["rollSettled"]) != nil {
      try service.stop()
    } else {
      let isSettled = try walk.workspace.outcomes().last == "settled"
      let next = try walk.workspace.restart(environment: helper.environment)
      try next.event(isSettled ? "serviceReady" : "rollSettled")
      guard try next.stop() == 0 else {
        throw TestFailure("the second service did not end well: \(next.lines)")
      }
    }
    let node = try walk.workspace.sandbox.administer("GET", "/tokens/\(walk.token.id)")
    let (rolls, secret) = (node["rolls"]?.integer ?? 0, node["secret"]?.string)
    let encrypted = walk.workspace.publishedText("cred").flatMap(HelperUnderTest.secret)
    let isPublished = encrypted == secret && walk.workspace.publishedText("raw") == secret
    let isClean = walk.workspace.escrowed.isEmpty && walk.workspace.temporaries.isEmpty
    return isPublished && isClean && 1...2 ~= rolls
      ? nil : "point \(point): \(rolls) rolls, published: \(isPublished), clean: \(isClean)"
  }

  // MARK: - What the operator is told

  private func doctor(_ helper: String, unit: UnitDirectory? = nil) throws -> Diagnosis {
    try Diagnosis(
      workspace, through: ["TOKENROLL_ENCRYPT_SOCKET=\(helper)", "PATH=/nonexistent"],
      unitPath: unit?.path ?? "/nonexistent")
  }

  @Test func theDoctorTriesTheHelper() throws {
    let helper = try HelperUnderTest(.imitation)
    try workspace.write(configuration([destination("one.cred")]))
    #expect(try doctor(helper.path).lines("encryption") == ["ok a sample could be encrypted"])
    helper.behave(.answer("refused 7\nno room"))
    let found = try #require(try doctor(helper.path).findings.first { $0.subject == "encryption" })
    #expect(found.verdict == "fail")
    #expect(found.text == "cannot encrypt by the helper at \(helper.path): it refuses: no room")
    #expect(found.cure.contains("journalctl -u 'tokenroll-encrypt@*'"))
  }

  @Test(.enabled(if: geteuid() == 0, "the unit's user is another only for root"))
  func theDoctorSaysHowToStartTheHelperOfTheUnit() throws {
    try workspace.write(configuration([destination("one.cred")]))
    let none = workspace.directory.path("none")
    let diagnosis = try doctor(none, unit: UnitDirectory())
    let found = try #require(diagnosis.findings.first { $0.subject == "encryption" })
    #expect(found.verdict == "fail")
    #expect(found.cure == "systemctl enable --now tokenroll-encrypt.socket")
    let unit = diagnosis.findings.filter {
      $0.subject == "unit" && $0.text.contains("nobody encrypts its secret")
    }
    #expect(unit.map(\.cure) == ["systemctl enable --now tokenroll-encrypt.socket"])
    // Root's own socket is of no use to another user.
    let helper = try HelperUnderTest(.imitation)
    let other = try doctor(helper.path, unit: UnitDirectory())
    #expect(other.findings.contains { $0.subject == "unit" && $0.cure.contains("SocketUser=daemon") })
  }

  @Test func theProbeTriesTheHelperAndCheckSaysWhatCannotBeReadBack() throws {
    let helper = try HelperUnderTest(.imitation)
    try workspace.write(configuration([destination("one.cred")], withOther: true))
    func check() throws -> TestProcess.Result {
      try TestProcess.run(
        "env",
        helper.environment.map { "\($0.key)=\($0.value)" }
          + [TestProcess.product("tokenroll"), "check", "--probe", "--config", workspace.configurationFile])
    }
    let good = try check()
    #expect(good.status == 0, "\(good.outputText)")
    #expect(good.outputText.contains("ok    encryption: a sample could be encrypted\n"))
    #expect(good.errorText.hasPrefix("note: one: no destination can be read back for the secret in force"))
    helper.behave(.hangUp)
    let bad = try check()
    #expect(bad.status == 1)
    #expect(bad.outputText.contains("wrong encryption: cannot encrypt by the helper at \(helper.path)"))
  }
}
