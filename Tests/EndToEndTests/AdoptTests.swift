import Glibc
import JSON
import TestSupport
import Testing

/// `tokenroll adopt`: a secret that the operator has becomes the current one of an entry.
@Suite struct AdoptTests {
  private let sandbox: SandboxUnderTest
  private let workspace: Workspace
  private let token: SandboxUnderTest.Token

  init() throws {
    sandbox = try SandboxUnderTest()
    workspace = try Workspace(sandbox)
    token = try sandbox.token("token-1")
    try configure()
  }

  /// One entry with two destinations.
  private func configure(_ change: (inout ServiceConfiguration) -> Void = { _ in }) throws {
    var configuration = workspace.configuration
    configuration.entries = [
      workspace.entry(
        "one", token, schedule: ServiceConfiguration.Entry.later,
        publish: [
          .init(file: "\(workspace.published)/one", mode: "0640"), .init(file: "\(workspace.published)/two"),
        ])
    ]
    change(&configuration)
    try workspace.write(configuration)
  }

  /// Adopts `input`, which no output may repeat.
  private func adopt(_ input: String, _ entry: String = "one") throws -> TestProcess.Result {
    let result = try TestProcess.run(
      TestProcess.product("tokenroll"), ["adopt", entry, "--config", workspace.configurationFile],
      input: input)
    for secret in try sandbox.tokens().map(\.secret) + [input] where !secret.isEmpty {
      #expect(!(result.outputText + result.errorText).contains(secret))
    }
    return result
  }

  private func once() throws {
    let result = try workspace.command("roll", "--once", "one")
    #expect(result.status == 0, "\(result.outputText)\(result.errorText)")
  }

  /// That `result` came before anything was written.
  private func expectNothingChanged(_ result: TestProcess.Result, status: Int32, _ reason: String) {
    #expect(result.status == status)
    #expect(result.errorText.contains(reason), "\(result.errorText)")
    #expect(workspace.publishedText("one") == nil && workspace.publishedText("two") == nil)
    #expect(workspace.temporaries.isEmpty && workspace.escrowed.isEmpty)
  }

  @Test func anAdoptedSecretIsPublishedAndTheNextRollAsksNothingFirst() throws {
    let result = try adopt(token.secret + "\n")
    #expect(result.status == 0, "\(result.errorText)")
    #expect(result.outputText.contains(token.id))
    #expect(result.outputText.contains("\(workspace.published)/two"))
    #expect(workspace.publishedText("one") == token.secret)
    #expect(workspace.publishedText("two") == token.secret)
    #expect(try FileStatus("\(workspace.published)/one").mode == 0o640)
    #expect(try FileStatus("\(workspace.published)/two").mode == 0o600)
    #expect(workspace.temporaries.isEmpty && workspace.escrowed.isEmpty)
    #expect(try workspace.outcomes().isEmpty)
    #expect(try sandbox.received("verify") == 1)

    try once()
    #expect(try sandbox.rolls(of: token) == 1)
    #expect(try workspace.publishedText("one") == sandbox.token("token-1").secret)
    // The token was not looked up, and no secret asked for but the new one.
    #expect(try sandbox.received("get") == 0)
    #expect(try sandbox.received("verify") == 2)
    #expect(try workspace.outcomes() == ["settled"])
  }

  @Test func whatIsPublishedWithoutAdoptionIsAskedForFirst() throws {
    for name in ["one", "two"] { _ = try workspace.directory.write("published/\(name)", token.secret) }
    try once()
    #expect(try sandbox.received("get") == 1)
    #expect(try sandbox.received("verify") == 2)
  }

  @Test func aSecretThatIsNotInForceIsRefused() throws {
    let dead = "cfat_" + String(repeating: "d", count: 45)
    expectNothingChanged(try adopt(dead), status: 1, "the API refuses the secret")
    // As it comes after a roll by hand: the former secret is dead, the new one is adopted.
    let former = token.secret
    #expect(try sandbox.roll(token, as: sandbox.token("credential")).status == 200)
    expectNothingChanged(try adopt(former), status: 1, "the API refuses the secret")
    let current = try sandbox.token("token-1").secret
    #expect(try adopt(current).status == 0)
    #expect(workspace.publishedText("one") == current)
  }

  @Test func theSecretOfAnotherTokenIsRefused() throws {
    let other = try sandbox.token("token-2")
    expectNothingChanged(
      try adopt(other.secret), status: 1,
      "the secret belongs to token \(other.id), and the entry is about \(token.id)")
  }

  @Test func theSecretOfADisabledTokenIsRefused() throws {
    try sandbox.administer("POST", "/tokens/\(token.id)", #"{"status": "disabled"}"#)
    expectNothingChanged(try adopt(token.secret), status: 1, "its token \(token.id) is disabled")
  }

  @Test func whatTheAPIDoesNotAnswerIsNotAdopted() throws {
    try sandbox.addFault(#"{"kind":"refuse","status":503,"call":"verify","count":"forever"}"#)
    expectNothingChanged(try adopt(token.secret), status: 69, "cannot be told")
  }

  @Test func withoutASecretNothingIsAsked() throws {
    expectNothingChanged(try adopt(""), status: 64, "standard input is empty")
    expectNothingChanged(try adopt(" \n"), status: 64, "standard input is empty")
    expectNothingChanged(try adopt("two words\n"), status: 64, "characters that a token cannot have")
    expectNothingChanged(try adopt(token.secret, "oen"), status: 64, "did you mean \"one\"?")
    let argument = try workspace.command("adopt", "one", token.secret)
    expectNothingChanged(argument, status: 64, "never as an argument")
    #expect(!(argument.outputText + argument.errorText).contains(token.secret))
    #expect(try sandbox.received("verify") == 0)
  }

  @Test func beforeADestinationThatCannotBeWrittenNothingIs() throws {
    try configure { $0.entries[0].publish.append(.init(file: "\(workspace.published)/none/three")) }
    expectNothingChanged(try adopt(token.secret), status: 74, "\(workspace.published)/none")
  }

  @Test func besideAServiceItIsRefusedAndToldWhoWorks() throws {
    let service = try workspace.restart()
    try service.event("serviceReady")
    let result = try adopt(token.secret)
    expectNothingChanged(
      result, status: 75, "process \(service.process.pid) is at work on this state")
    #expect(result.errorText.contains("systemctl stop tokenroll"))
    #expect(try service.stop() == 0)
    #expect(try adopt(token.secret).status == 0)
    let next = try workspace.restart()
    try next.event("serviceReady")
    let status = try JSONDocument(parsing: workspace.command("status", "one", "--json").output).root
    #expect(status["healthy"]?.boolean == true)
    #expect(try next.stop() == 0)
  }

  @Test func whereARollIsNotSettledItIsRefused() throws {
    // The roll takes effect, and its answer never comes.
    try sandbox.addFault(#"{"kind":"hang","call":"roll","commit":"yes","for_ms":600000}"#)
    let process = try TestProcess(
      TestProcess.product("tokenroll"), ["roll", "--once", "one", "--config", workspace.configurationFile])
    try sandbox.administer("GET", "/wait?rolls=1")
    process.signal(SIGKILL)
    _ = process.wait()
    try sandbox.administer("DELETE", "/faults")
    let current = try sandbox.token("token-1").secret
    let result = try adopt(current)
    #expect(result.status == 75)
    #expect(result.errorText.contains("a roll of one is not settled"))
    #expect(workspace.publishedText("one") == nil)
  }

  /// The token that is adopted is the one in use from now on, and the other is rolled next.
  @Test(arguments: [0, 1]) func ofAPairTheAdoptedTokenIsTheOneInUse(adopted: Int) throws {
    let tokens = [token, try sandbox.token("token-2")]
    try configure { $0.entries[0].twin = tokens[1].id }
    // First the other one, so that it is what the state knows.
    #expect(try adopt(tokens[1 - adopted].secret).status == 0)
    let result = try adopt(tokens[adopted].secret)
    #expect(result.status == 0, "\(result.errorText)")
    #expect(workspace.publishedText("one") == tokens[adopted].secret)
    let service = try workspace.restart()
    try service.event("serviceReady")
    let status = try JSONDocument(parsing: workspace.command("status", "one", "--json").output).root
    #expect(status["token_id"]?.string == tokens[adopted].id)
    #expect(try service.stop() == 0)
    try once()
    #expect(try sandbox.rolls(of: tokens[adopted]) == 0)
    #expect(try sandbox.rolls(of: tokens[1 - adopted]) == 1)
  }

  /// The former token stays valid for its grace, and is the entry's no more.
  @Test func ofAReplacedTokenTheOneInForceCounts() throws {
    try configure { $0.entries[0].grace = "1d" }
    try once()
    let new = try #require(workspace.publishedText("one"))
    #expect(new != token.secret)
    #expect(try sandbox.verify(token).status == 200)
    let result = try adopt(token.secret)
    #expect(result.status == 1)
    #expect(result.errorText.contains("the secret belongs to token \(token.id)"), "\(result.errorText)")
    #expect(workspace.publishedText("one") == new)
    for name in ["one", "two"] { #expect(unlink("\(workspace.published)/\(name)") == 0) }
    #expect(try adopt(new).status == 0)
    #expect(workspace.publishedText("two") == new)
  }

  @Test func theSecretOfACredentialBelongsIntoItsOwnFile() throws {
    let own = try sandbox.token("credential")
    try configure { configuration in
      configuration.entries[0].token = own.id
      configuration.entries[0].provide = "sandbox"
    }
    expectNothingChanged(try adopt(own.secret), status: 64, "one provides the credential sandbox")
  }

  @Test func rootDoesNotWorkOnTheStateOfAnotherUser() throws {
    guard geteuid() == 0 else { return }
    mkdir(workspace.state, 0o700)
    chown(workspace.state, 65_534, 65_534)
    expectNothingChanged(try adopt(token.secret), status: 77, "belongs to user nobody")
  }
}
