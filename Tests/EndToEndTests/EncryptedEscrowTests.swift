import Glibc
import JSON
import TestSupport
import Testing

/// `escrow: "encrypted"`: a new secret is kept as a credential that only root can decrypt, by systemd-creds itself or by the
/// helper on its socket.
@Suite struct EncryptedEscrowTests {
  private let sandbox: SandboxUnderTest
  private let workspace: Workspace
  private let token: SandboxUnderTest.Token

  init() throws {
    sandbox = try SandboxUnderTest()
    workspace = try Workspace(sandbox)
    token = try sandbox.token("token-1")
  }

  /// An entry "one" that publishes in plain text and, where a helper can be made to keep it from that, encrypted.
  private func configuration(_ escrow: String? = "encrypted") -> ServiceConfiguration {
    var configuration = workspace.configuration
    configuration.escrow = escrow
    configuration.entries = [workspace.entry("one", token, publish: publish("one"))]
    return configuration
  }

  private func publish(_ name: String) -> [ServiceConfiguration.Destination] {
    [
      .init(file: "\(workspace.published)/\(name)"),
      .init(file: "\(workspace.published)/\(name).cred", format: "credential"),
    ]
  }

  private func secret(_ name: String = "token-1") throws -> String { try sandbox.token(name).secret }

  private func imitated(_ name: String) -> String? {
    workspace.publishedText(name).flatMap(HelperUnderTest.secret)
  }

  /// Checks that entry "one" has come to a good end after one roll.
  private func expectSettled(_ service: RunningService) throws {
    try service.event("rollSettled", entry: "one")
    #expect(try service.stop() == 0)
    let secret = try secret()
    #expect(workspace.publishedText("one") == secret)
    #expect(imitated("one.cred") == secret)
    #expect(workspace.escrowed.isEmpty && workspace.temporaries.isEmpty)
    #expect(try sandbox.rolls(of: token) == 1)
    #expect(try workspace.stateFiles(with: [secret]).isEmpty)
    #expect(!service.lines.contains { $0.contains(secret) })
  }

  /// Starts a service whose roll is held up with its secret in escrow; the answer is the escrow's path.
  private func holdUp(_ helper: HelperUnderTest, _ configuration: ServiceConfiguration) throws -> (
    service: RunningService, escrow: String
  ) {
    helper.refuse("one.cred")
    let service = try workspace.start(configuration, environment: helper.environment)
    try service.event("publicationFailed", entry: "one")
    let name = try #require(workspace.escrowed.first)
    #expect(workspace.escrowed.count == 1)
    return (service, "\(workspace.escrow)/\(name)")
  }

  // MARK: - With systemd-creds

  @Test(.enabled(if: EncryptedCredentialTests.canEncrypt, "systemd-creds cannot encrypt here"))
  func noPartOfTheSecretIsInTheStateAndRootOpensItByHand() throws {
    let helper = try HelperUnderTest(.real)
    let (service, escrow) = try holdUp(helper, configuration())
    let secret = try secret()
    #expect(escrow.hasSuffix(".cred"))
    var status = stat()
    #expect(stat(escrow, &status) == 0 && status.st_mode & 0o7777 == 0o600)
    #expect(try workspace.stateFiles(with: [secret]).isEmpty)
    // The search finds what is there.
    _ = try workspace.directory.write("state/probe", "x\(secret.prefix(13))")
    #expect(try workspace.stateFiles(with: [secret]).count == 1)
    unlink(workspace.directory.path("state/probe"))

    let roll = try #require(escrow.split(separator: ".").dropLast().last)
    func open(_ name: String) throws -> String {
      let command = "systemd-creds decrypt --name=\(name) \(escrow) - | tail -n 1"
      return try TestProcess.run("/bin/sh", ["-c", command]).outputText
    }
    #expect(try open("tokenroll-escrow.\(roll)") == secret)
    #expect(try open("tokenroll-escrow.\(String(repeating: "0", count: 32))") == "")

    // Killed, and opened by the service that comes next, which was told nothing of encryption.
    try service.crash()
    helper.behave(.real)
    try workspace.write(configuration("plain"))
    let next = try workspace.restart(environment: helper.environment)
    try next.event("rollSettled", entry: "one")
    #expect(try next.stop() == 0)
    #expect(workspace.publishedText("one") == secret)
    #expect(workspace.escrowed.isEmpty)
    #expect(try sandbox.rolls(of: token) == 1)
    #expect(helper.requests.contains("seal") && helper.requests.contains("open"))
  }

  @Test(.enabled(if: EncryptedCredentialTests.canEncrypt, "systemd-creds cannot encrypt here"))
  func rootEncryptsByItselfWhereThereIsNoHelper() throws {
    var configuration = configuration()
    configuration.entries[0].publish.removeLast()
    let none = ["TOKENROLL_ENCRYPT_SOCKET": workspace.directory.path("none")]
    // A directory in the way once the request has been sent.
    try sandbox.addFault(
      #"{"kind":"delay","delay_after_ms":1000,"call":"roll","token":"\#(token.id)"}"#)
    let service = try workspace.start(configuration, environment: none)
    try sandbox.administer("GET", "/wait?rolls=1&token=\(token.id)")
    let secret = try secret()
    #expect(mkdir("\(workspace.published)/one", 0o700) == 0)
    try service.event("publicationFailed", entry: "one")
    #expect(workspace.escrowed.contains { $0.hasSuffix(".cred") })
    #expect(try workspace.stateFiles(with: [secret]).isEmpty)
    try service.crash()
    rmdir("\(workspace.published)/one")
    let next = try workspace.restart(environment: none)
    try next.event("rollSettled", entry: "one")
    #expect(try next.stop() == 0)
    #expect(workspace.publishedText("one") == secret)
    #expect(workspace.escrowed.isEmpty)
    #expect(try sandbox.rolls(of: token) == 1)
  }

  /// Whoever runs code in the service can say anything to the helper.
  @Test(.enabled(if: EncryptedCredentialTests.canEncrypt, "systemd-creds cannot encrypt here"))
  func theHelperOpensNothingButEscrows() throws {
    let roll = "00000000000000010000000000000002"
    func ask(_ head: String, _ body: String) throws -> TestProcess.Result {
      try TestProcess.run(
        TestProcess.product("tokenroll"), ["__encrypt"],
        input: "\(head.replacing("#", with: "\(body.utf8.count)"))\n\(body)")
    }
    func credential(_ name: String, _ content: String) throws -> String {
      let result = try TestProcess.run(
        "systemd-creds", ["encrypt", "--name=\(name)", "-", "-"], input: content)
      #expect(result.status == 0)
      return result.outputText
    }
    func body(_ result: TestProcess.Result) -> String {
      String(result.outputText.drop { $0 != "\n" }.dropFirst())
    }
    let sealed = body(try ask("seal # \(roll)", "the secret"))
    let opened = try ask("open # \(roll)", sealed)
    #expect(opened.outputText == "opened 10\nthe secret")

    let marked = "tokenroll-escrow 7\nprivate"
    let others = [
      ("open # 00000000000000010000000000000003", sealed),
      ("open # \(roll)", try credential("tokenroll.cloudflare", "private")),
      ("open # \(roll)", try credential("one.cred", marked)),
      // Without a name one opens under any.
      ("open # \(roll)", try credential("", "private")),
      ("open # \(roll)", try credential("tokenroll-escrow.\(roll)", "private")),
      ("open # \(roll)", body(try ask("encrypt # one.cred", marked))),
      ("open # \(roll)", "garbage"), ("open # \(roll)", ""),
      ("open # \(roll)", String(sealed.dropLast(8))),
      ("encrypt # tokenroll-escrow.\(roll)", marked),
    ]
    for (head, body) in others {
      let result = try ask(head, body)
      #expect(result.status == 1, "\(head)")
      #expect(result.outputText.hasPrefix("refused "), "\(head): \(result.outputText)")
      #expect(!result.outputText.contains("private") && !result.errorText.contains("private"), "\(head)")
      #expect(!result.outputText.contains("the secret"))
    }
  }

  // MARK: - A helper that fails before the roll

  @Test(arguments: ["seal sample", "open sample"]) func nothingIsSentWhereAnEscrowCouldNotBeOpened(
    _ refused: String
  ) throws {
    let helper = try HelperUnderTest(.imitation)
    helper.refuse(refused)
    let service = try workspace.start(configuration(), environment: helper.environment)
    let event = try service.event("rollNotReady", entry: "one")
    #expect(event.message.contains("it refuses: not"), "\(event.message)")
    #expect(try sandbox.rolls(of: token) == 0)
    #expect(!helper.requests.contains("seal"))
    helper.behave(.imitation)
    _ = try workspace.command("retry", "one")
    try expectSettled(service)
  }

  @Test func withoutAHelperNothingIsSentAndItIsSaidWhatToDo() throws {
    try workspace.expectNothingSentWithoutHelper(configuration(), token, of: sandbox)
  }

  // MARK: - A helper that fails after the answer

  private static let faults: [(what: String, behaviour: HelperUnderTest.Behaviour)] = [
    ("refuses", .answer("refused 7\nno room")), ("says what was to be encrypted", .indiscretion),
    ("answers with the secret", .plaintext), ("answers with too little", .answer("encrypted 8\nAAAAAAAA")),
    ("talks nonsense", .answer("hello, world\n")), ("answers to something else", .answer("opened 1\nA")),
    ("hangs up", .hangUp), ("is gone", .disappearance),
  ]

  /// It is published from memory all the same, and never written in plain text.
  @Test(arguments: faults.map(\.what)) func aSecretThatCannotBeEncryptedIsInMemoryAndTriedAgain(
    _ what: String
  ) throws {
    let fault = try #require(Self.faults.first { $0.what == what })
    let helper = try HelperUnderTest(fault.behaviour, sample: .imitation)
    let service = try workspace.start(configuration(), environment: helper.environment)
    let event = try service.event("escrowFailed", entry: "one")
    #expect(event.priority == 2 && event.message.contains("held in memory alone"))
    let secret = try secret()
    let failure = try service.event("publicationFailed", entry: "one")
    #expect(failure.message.contains("in memory alone"), "\(failure.message)")
    #expect(workspace.publishedText("one") == secret)
    #expect(try workspace.stateFiles(with: [secret]).isEmpty)
    #expect(workspace.escrowed.allSatisfy { $0.hasPrefix(".") })
    helper.behave(.imitation)
    _ = try workspace.command("retry", "one")
    try service.event("secretEscrowed", entry: "one")
    try expectSettled(service)
  }

  @Test func aServiceThatHoldsTheOnlyCopyDoesNotStop() throws {
    let helper = try HelperUnderTest(.answer("refused 7\nno room"), sample: .imitation)
    let service = try workspace.start(configuration(), environment: helper.environment)
    try service.event("publicationFailed", entry: "one")
    service.signal(SIGTERM)
    try service.event("serviceStopping")
    #expect(!service.isOver)
    helper.behave(.imitation)
    #expect(try service.ended() == 0)
    #expect(!service.events("secretEscrowed").isEmpty)
    #expect(try workspace.stateFiles(with: [secret()]).isEmpty)
    let next = try workspace.restart(environment: helper.environment)
    if try workspace.outcomes().last != "settled" { try next.event("rollSettled", entry: "one") }
    #expect(try next.stop() == 0)
    #expect(try imitated("one.cred") == secret())
    #expect(workspace.escrowed.isEmpty)
    #expect(try sandbox.rolls(of: token) == 1)
  }

  @Test func theServiceAnswersWhileAnEscrowIsEncrypted() throws {
    let helper = try HelperUnderTest(.silence, sample: .imitation)
    let service = try workspace.start(configuration(), environment: helper.environment)
    try helper.awaitRequest("seal")
    let status = try JSONDocument(parsing: workspace.command("status", "one", "--json").output).root
    let phase = try #require(status["phase"]?.string)
    // The limit may be over on a machine that has no time.
    #expect(["escrowing", "escrowed"].contains(phase))
    helper.behave(.imitation)
    // It was hung up on, and is published from memory, or kept at the next try.
    try expectSettled(service)
    #expect(!service.events("escrowFailed").isEmpty)
  }

  // MARK: - A restart

  @Test func anEscrowThatCannotBeOpenedIsKeptAndOpenedLater() throws {
    let helper = try HelperUnderTest(.imitation)
    let (service, escrow) = try holdUp(helper, configuration())
    try service.crash()
    helper.leave()
    let before = try contents(of: escrow)
    // Nor does anything else make up for it: consumers have the new secret, and the old one is refused.
    let next = try workspace.restart(environment: helper.environment)
    let event = try next.event("escrowNotOpened", entry: "one")
    let roll = try #require(escrow.split(separator: ".").dropLast().last)
    #expect(event.priority == 2)
    #expect(event.message.contains("lies encrypted in \(escrow) and cannot be opened: "), "\(event.message)")
    #expect(
      event.message.contains("systemd-creds decrypt --name=tokenroll-escrow.\(roll) \(escrow) - | tail -n 1"),
      "\(event.message)")
    try next.event("publicationFailed", entry: "one")
    // It tries again by itself.
    try next.event("escrowNotOpened", entry: "one", count: 2)
    #expect(try workspace.command("status", "one").outputText.contains("unpublished"))
    #expect(try workspace.command("roll", "one", "--yes").status != 0)
    #expect(try contents(of: escrow) == before)
    #expect(try sandbox.rolls(of: token) == 1)
    // A stop need not wait for it, and the next start finds it as it was.
    #expect(try next.stop() == 0)
    let last = try workspace.restart(environment: helper.environment)
    try last.event("escrowNotOpened", entry: "one")
    helper.behave(.imitation)
    _ = try workspace.command("retry", "one")
    try expectSettled(last)
  }

  @Test func anEscrowThatIsRemovedByHandIsASecretThatIsLost() throws {
    let helper = try HelperUnderTest(.imitation)
    var configuration = configuration()
    _ = try workspace.directory.write("published/one", token.secret)
    helper.refuse("one.cred")
    // The secret must be nowhere but in escrow, and the old one known.
    configuration.entries[0].publish.reverse()
    try sandbox.addFault(#"{"kind":"delay","delay_after_ms":1000,"call":"roll","token":"\#(token.id)"}"#)
    let service = try workspace.start(configuration, environment: helper.environment)
    try sandbox.administer("GET", "/wait?rolls=1&token=\(token.id)")
    #expect(unlink("\(workspace.published)/one") == 0 && mkdir("\(workspace.published)/one", 0o700) == 0)
    try service.event("publicationFailed", entry: "one")
    try service.crash()
    for name in workspace.escrowed { unlink("\(workspace.escrow)/\(name)") }
    rmdir("\(workspace.published)/one")
    _ = try workspace.directory.write("published/one", token.secret)
    helper.behave(.imitation)
    let next = try workspace.restart(environment: helper.environment)
    try next.event("rollSettled", entry: "one")
    #expect(try next.stop() == 0)
    #expect(try workspace.publishedText("one") == secret())
    #expect(try sandbox.rolls(of: token) == 2)
  }

  /// An escrow is known by its name, whatever the configuration says now.
  @Test func theFormIsChangedWithEscrowsOfBoth() throws {
    let helper = try HelperUnderTest(.imitation)
    let (first, plain) = try holdUp(helper, configuration("plain"))
    try first.crash()
    #expect(!plain.hasSuffix(".cred"))
    #expect(try contents(of: plain) == Array(secret().utf8))

    var both = configuration()
    both.entries.append(workspace.entry("two", try sandbox.token("token-2"), publish: publish("two")))
    helper.refuse("two.cred")
    let second = try workspace.start(both, environment: helper.environment)
    try second.event("publicationFailed", entry: "one")
    try second.event("publicationFailed", entry: "two")
    try second.crash()
    #expect(workspace.escrowed.count { $0.hasSuffix(".cred") } == 1)
    #expect(workspace.escrowed.count == 2)
    #expect(try workspace.stateFiles(with: [secret("token-2")]).isEmpty)

    helper.behave(.imitation)
    both.escrow = nil
    let third = try workspace.start(both, environment: helper.environment)
    for name in ["one", "two"] { try third.event("rollSettled", entry: name) }
    #expect(try third.stop() == 0)
    #expect(try imitated("one.cred") == secret())
    #expect(try imitated("two.cred") == secret("token-2"))
    #expect(workspace.escrowed.isEmpty)
    for name in ["token-1", "token-2"] { #expect(try sandbox.rolls(of: sandbox.token(name)) == 1) }
  }

  /// Where the helper is gone for good, a reload to the plain form makes what is in memory durable.
  @Test func aReloadToThePlainFormKeepsWhatIsInMemory() throws {
    let helper = try HelperUnderTest(.answer("refused 7\nno room"), sample: .imitation)
    let service = try workspace.start(configuration(), environment: helper.environment)
    try service.event("publicationFailed", entry: "one")
    try workspace.write(configuration("plain"))
    #expect(try workspace.command("reload").status == 0)
    _ = try workspace.command("retry", "one")
    try service.event("secretEscrowed", entry: "one")
    #expect(try workspace.stateFiles(with: [secret()]).count == 1)
    helper.behave(.imitation)
    _ = try workspace.command("retry", "one")
    try expectSettled(service)
  }

  // MARK: - Pairs and replacements

  @Test func theEscrowOfAPairIsOpenedLaterToo() throws {
    let helper = try HelperUnderTest(.imitation)
    let twin = try sandbox.token("token-2")
    var configuration = configuration()
    configuration.entries[0].twin = twin.id
    _ = try workspace.directory.write("published/one", token.secret)
    let (service, escrow) = try holdUp(helper, configuration)
    try service.crash()
    #expect(escrow.contains(".\(twin.id).") && escrow.hasSuffix(".cred"))
    helper.leave()
    let next = try workspace.restart(environment: helper.environment)
    try next.event("escrowNotOpened", entry: "one", count: 2)
    helper.behave(.imitation)
    _ = try workspace.command("retry", "one")
    try next.event("rollSettled", entry: "one")
    #expect(try next.stop() == 0)
    let secret = try secret("token-2")
    #expect(workspace.publishedText("one") == secret && imitated("one.cred") == secret)
    #expect(workspace.escrowed.isEmpty)
    #expect(try sandbox.rolls(of: twin) == 1 && sandbox.rolls(of: token) == 0)
  }

  @Test func theEscrowOfAReplacementIsOpenedLaterToo() throws {
    let helper = try HelperUnderTest(.imitation)
    var configuration = configuration()
    configuration.entries[0].grace = "0"
    _ = try workspace.directory.write("published/one", token.secret)
    let (service, escrow) = try holdUp(helper, configuration)
    try service.crash()
    let made = try sandbox.replacements(of: token)
    let new = try #require(made.first { $0.id != token.id })
    #expect(made.count == 2)
    #expect(escrow.contains(".\(new.id).") && escrow.hasSuffix(".cred"))
    helper.leave()
    let next = try workspace.restart(environment: helper.environment)
    try next.event("escrowNotOpened", entry: "one", count: 2)
    #expect(try sandbox.replacements(of: token).count == 2)
    helper.behave(.imitation)
    _ = try workspace.command("retry", "one")
    try next.event("rollSettled", entry: "one")
    let left = try sandbox.one(token, next)
    #expect(try next.stop() == 0)
    #expect(left.id == new.id)
    #expect(workspace.publishedText("one") == new.secret && imitated("one.cred") == new.secret)
    #expect(workspace.escrowed.isEmpty)
  }

  // MARK: - What the operator is told

  @Test func theDoctorAndTheProbeOpenTheirSample() throws {
    let helper = try HelperUnderTest(.imitation)
    var configuration = configuration()
    configuration.entries[0].publish.removeLast()
    try workspace.write(configuration)
    func doctor() throws -> Diagnosis {
      try Diagnosis(
        workspace, through: ["TOKENROLL_ENCRYPT_SOCKET=\(helper.path)", "PATH=/nonexistent"],
        unitPath: "/nonexistent")
    }
    func probe() throws -> String {
      let variables = helper.environment.map { "\($0.key)=\($0.value)" }
      return try TestProcess.run(
        "env",
        variables + [
          TestProcess.product("tokenroll"), "check", "--probe", "--config", workspace.configurationFile,
        ]
      ).outputText
    }
    let told = "a sample could be encrypted and opened again"
    #expect(try doctor().lines("encryption") == ["ok \(told)"])
    #expect(try probe().contains("ok    encryption: \(told)\n"))
    #expect(helper.requests == ["seal sample", "open sample", "seal sample", "open sample"])
    helper.refuse("open sample")
    let found = try #require(try doctor().findings.first { $0.subject == "encryption" })
    #expect(found.verdict == "fail")
    #expect(found.text == "cannot open an escrow by the helper at \(helper.path): it refuses: not")
    #expect(try probe().contains("wrong encryption: cannot open an escrow by"))
  }

  @Test(.enabled(if: geteuid() == 0, "the unit's user is another only for root"))
  func theDoctorSaysHowToStartTheHelperOfTheUnit() throws {
    var configuration = configuration()
    configuration.entries[0].publish.removeLast()
    try workspace.write(configuration)
    let directory = try UnitDirectory()
    let diagnosis = try Diagnosis(
      workspace,
      through: ["TOKENROLL_ENCRYPT_SOCKET=\(workspace.directory.path("none"))", "PATH=/nonexistent"],
      unitPath: directory.path)
    withExtendedLifetime(directory) {}
    let unit = diagnosis.findings.filter {
      $0.subject == "unit" && $0.text.hasPrefix("escrow: nobody encrypts new secrets")
    }
    #expect(unit.map(\.cure) == ["systemctl enable --now tokenroll-encrypt.socket"])
  }

  @Test func aRollWithoutAServiceKeepsItsEscrowSoToo() throws {
    let helper = try HelperUnderTest(.imitation)
    try workspace.write(configuration())
    let variables = helper.environment.map { "\($0.key)=\($0.value)" }
    func once() throws -> TestProcess.Result {
      try TestProcess.run(
        "env",
        variables + [
          TestProcess.product("tokenroll"), "roll", "--once", "--config", workspace.configurationFile,
        ])
    }
    helper.refuse("open sample")
    #expect(try once().status != 0)
    #expect(try sandbox.rolls(of: token) == 0)
    helper.behave(.imitation)
    let result = try once()
    #expect(result.status == 0, "\(result.errorText)")
    #expect(helper.requests.contains("seal"))
    #expect(try imitated("one.cred") == secret())
    #expect(workspace.escrowed.isEmpty)
  }
}
