import Glibc
import JSON
import TestSupport
import Testing

/// Entries whose token is a credential of the service itself.
@Suite struct OwnCredentialTests {
  private static let account = String(repeating: "c", count: 32)

  /// The sandbox with the credentials `a` and `b` and some tokens, and a workspace with the credentials' files.
  private struct Scene {
    let sandbox: SandboxUnderTest
    let workspace: Workspace
    var configuration: ServiceConfiguration

    init(tokens: Int, systemd: Bool = false) throws {
      func token(_ name: String, _ permission: String) -> String {
        #"{"id":"\#(name)","name":"\#(name)","permissions":["\#(permission)"]}"#
      }
      let list =
        ["a", "b"].map { token($0, "Account API Tokens Write") }
        + (0..<tokens).map { token("t\($0)", "DNS Write") }
      let directory = try TemporaryDirectory()
      let fixture = try directory.write(
        "fixture.json",
        #"{"accounts":[{"id":"\#(account)","name":"one","tokens":[\#(list.joined(separator: ","))]}]}"#)
      sandbox = try SandboxUnderTest("--fixture", fixture)
      workspace = try Workspace(sandbox, in: .memory, credential: "")
      configuration = workspace.configuration
      configuration.credentials = [:]
      for name in ["a", "b"] {
        let path = try workspace.directory.write(name, sandbox.token(name).secret)
        configuration.credentials[name] = systemd ? name : path
      }
      configuration.entries = [provider("a", with: "b"), provider("b", with: "a")]
    }

    /// The entry that provides the credential of its name, and publishes nothing.
    func provider(_ name: String, with credential: String, every schedule: String = "1y")
      -> ServiceConfiguration.Entry
    {
      ServiceConfiguration.Entry(
        name: "roll-\(name)", account: account, token: name,
        schedule: ServiceConfiguration.Entry.every(schedule), credential: credential, provide: name,
        publish: [])
    }

    /// An ordinary entry.
    func consumer(_ number: Int, with credential: String, every schedule: String = "1y")
      -> ServiceConfiguration.Entry
    {
      ServiceConfiguration.Entry(
        name: "t\(number)", account: account, token: "t\(number)",
        schedule: ServiceConfiguration.Entry.every(schedule), credential: credential,
        publish: [.init(file: "\(workspace.published)/t\(number)")])
    }

    /// What was refused because of the credential that was presented: a question of a secret whether it is in force is not.
    func refusals() throws -> [String] {
      try sandbox.administer("GET", "/requests?last=50000")["requests"]?.elements.compactMap { request in
        guard let status = request["status"]?.integer, status == 401 || status == 403,
          request["call"]?.string != "verify"
        else { return nil }
        return "\(request["method"]?.string ?? "") \(request["path"]?.string ?? ""): \(status)"
      } ?? ["no requests"]
    }

    /// Whether the service has the credential that is in force.
    func isKnown(_ name: String) throws -> Bool {
      try workspace.credential(name) == sandbox.token(name).secret
    }

    /// What `tokenroll` says with these arguments, as systemd would start it.
    func run(_ arguments: String...) throws -> TestProcess.Result {
      try TestProcess.run(
        "/usr/bin/env",
        ["CREDENTIALS_DIRECTORY=\(workspace.path)", try TestProcess.product("tokenroll")] + arguments
          + ["--config", workspace.configurationFile])
    }

    var environment: [String: String] { ["CREDENTIALS_DIRECTORY": workspace.path] }
  }

  @Test func twoCredentialsRollEachOtherWhileOthersRollWithBoth() throws {
    var scene = try Scene(tokens: 20)
    let credentials = ["a", "b"]
    scene.configuration.entries = [
      scene.provider("a", with: "b", every: "1s"), scene.provider("b", with: "a", every: "1s"),
    ]
    scene.configuration.entries += (0..<20).map {
      scene.consumer($0, with: credentials[$0 % 2], every: "2s")
    }
    let service = try scene.workspace.start(scene.configuration)
    for name in credentials { try service.event("rollSettled", entry: "roll-\(name)", count: 4, within: 300) }
    for number in 0..<20 { try service.event("rollSettled", entry: "t\(number)", count: 2, within: 300) }
    #expect(try service.stop() == 0)

    #expect(try scene.refusals() == [])
    for name in credentials { #expect(try scene.isKnown(name)) }
    #expect(service.events("rollUncertain").isEmpty)
    // Each has proved itself before the other is touched.
    var inHand: String?
    for event in service.events {
      guard let entry = event.entry, entry.hasPrefix("roll-") else { continue }
      switch event.kind {
      case "rollStarted":
        #expect(inHand == nil, "\(entry) was begun while \(inHand ?? "") was in hand")
        inHand = entry
      case "rollSettled":
        #expect(inHand == entry)
        #expect(event.message.contains("verified"))
        inHand = nil
      default: break
      }
    }
  }

  @Test func nothingIsSentWithACredentialWhileItsNewSecretIsOnTheWay() throws {
    var scene = try Scene(tokens: 4)
    scene.configuration.entries += (0..<4).map { scene.consumer($0, with: "a", every: "1s") }
    // The old secret is dead long before the answer arrives, and every entry becomes due meanwhile.
    try scene.sandbox.addFault(#"{"kind":"delay","delay_after_ms":3000,"call":"roll","token":"a"}"#)
    let service = try scene.workspace.start(scene.configuration)
    try service.event("rollSettled", entry: "roll-a")
    for number in 0..<4 {
      let rolled = service.events("rollSettled", entry: "t\(number)").count
      try service.event("rollSettled", entry: "t\(number)", count: rolled + 1)
    }
    #expect(try service.stop() == 0)
    #expect(try scene.refusals() == [])
    #expect(service.events("rollUncertain").isEmpty)
    #expect(try scene.isKnown("a"))
  }

  @Test func aLostAnswerIsCuredWithTheOtherCredential() throws {
    var scene = try Scene(tokens: 4)
    scene.configuration.entries += (0..<4).map { scene.consumer($0, with: "a", every: "1s") }
    try scene.sandbox.addFault(#"{"kind":"cut","at":30,"call":"roll","token":"a"}"#)
    let service = try scene.workspace.start(scene.configuration)
    try service.event("rollHappenedSecretLost", entry: "roll-a")
    for name in ["a", "b"] { try service.event("rollSettled", entry: "roll-\(name)") }
    let rolled = service.events("rollSettled", entry: "t0").count
    try service.event("rollSettled", entry: "t0", count: rolled + 1)
    #expect(try service.stop() == 0)

    #expect(try scene.refusals() == [])
    #expect(try scene.sandbox.rolls(of: scene.sandbox.token("a")) == 2)
    for name in ["a", "b"] { #expect(try scene.isKnown(name)) }
    // The other waits until the first is cured.
    let kinds = service.events.filter { $0.entry == "roll-a" || $0.entry == "roll-b" }
    let lost = try #require(kinds.firstIndex { $0.kind == "rollUncertain" })
    let cured = try #require(kinds.firstIndex { $0.kind == "rollSettled" && $0.entry == "roll-a" })
    #expect(!kinds[lost..<cured].contains { $0.kind == "rollStarted" && $0.entry == "roll-b" })
  }

  @Test func aNewSecretOutlivesRestartsAndGivesWayToTheOperators() throws {
    var scene = try Scene(tokens: 3, systemd: true)
    let first = try scene.workspace.start(scene.configuration, environment: scene.environment)
    for name in ["a", "b"] { try first.event("credentialRenewed", entry: "roll-\(name)") }
    for name in ["a", "b"] { try first.event("rollSettled", entry: "roll-\(name)") }
    #expect(try first.stop() == 0)

    // systemd's copies are stale.
    scene.configuration.entries += [scene.consumer(0, with: "a"), scene.consumer(1, with: "b")]
    let second = try scene.workspace.start(scene.configuration, environment: scene.environment)
    for number in 0..<2 { try second.event("rollSettled", entry: "t\(number)") }
    #expect(second.events("rollStarted").count == 2)
    let check = try scene.run("check")
    #expect(check.status == 0)
    for name in ["a", "b"] {
      #expect(
        check.outputText.contains(
          "note: credential \(name): it is read from \(scene.workspace.successors)/\(name)."))
    }
    let status = try scene.run("status", "--json")
    let credentials = try #require(try JSONDocument(parsing: status.output).root["credentials"])
    #expect(credentials.elements.compactMap { $0["provided_by"]?.string } == ["roll-a", "roll-b"])
    #expect(
      credentials.elements.allSatisfy { $0["path"]?.string?.hasPrefix(scene.workspace.successors) == true })
    #expect(try scene.run("status").outputText.contains("Credential a is read from "))
    let doctor = try scene.run("doctor")
    #expect(doctor.outputText.contains("credential a: it is read from \(scene.workspace.successors)/a."))
    #expect(!doctor.outputText.contains("FAIL credential"))

    // Another secret in the operator's file counts, and what the roll gave is erased once it has been accepted.
    let own = "cfat_operators0000000000000000000000000000000000000000"
    try scene.sandbox.administer("POST", "/tokens/a", #"{"secret": "\#(own)"}"#)
    _ = try scene.workspace.directory.write("a", own)
    scene.configuration.entries.append(scene.consumer(2, with: "a"))
    try scene.workspace.write(scene.configuration)
    second.signal(SIGHUP)
    try second.event("rollSettled", entry: "t2")
    #expect(try second.stop() == 0)
    #expect(try scene.refusals() == [])
    #expect(TemporaryDirectory.names(scene.workspace.successors).allSatisfy { $0.hasPrefix("b.") })
    #expect(try scene.isKnown("a"))
  }

  @Test func aCredentialsOwnFileGetsItsNewSecret() throws {
    var scene = try Scene(tokens: 1)
    scene.configuration.entries[0].publish = [.init(file: scene.workspace.directory.path("a"))]
    let service = try scene.workspace.start(scene.configuration)
    for name in ["a", "b"] { try service.event("rollSettled", entry: "roll-\(name)") }
    #expect(try service.stop() == 0)
    let file = String(decoding: try contents(of: scene.workspace.directory.path("a")), as: UTF8.self)
    #expect(file == (try scene.sandbox.token("a").secret))
    #expect(TemporaryDirectory.names(scene.workspace.successors).allSatisfy { $0.hasPrefix("b.") })

    scene.configuration.entries.append(scene.consumer(0, with: "a"))
    let next = try scene.workspace.start(scene.configuration)
    try next.event("rollSettled", entry: "t0")
    #expect(try next.stop() == 0)
    #expect(try scene.refusals() == [])
  }

  @Test func aCredentialRollsItselfWhereThatIsAllowed() throws {
    var scene = try Scene(tokens: 1)
    scene.configuration.entries = [scene.provider("a", with: "a"), scene.consumer(0, with: "a", every: "1s")]
    let service = try scene.workspace.start(scene.configuration)
    try service.event("rollSettled", entry: "roll-a")
    let rolled = service.events("rollSettled", entry: "t0").count
    try service.event("rollSettled", entry: "t0", count: rolled + 1)
    #expect(try service.stop() == 0)
    #expect(try scene.refusals() == [])
    #expect(try scene.isKnown("a"))

    let text = scene.configuration.json.replacing(
      #""allow_self_roll": true"#, with: #""allow_self_roll": false"#)
    _ = try scene.workspace.directory.write("config.json", text)
    let check = try scene.run("check")
    #expect(check.status == 78)
    #expect(check.errorText.contains("no credential left to cure it with"))
  }

  @Test func aCredentialThatIsNotInForceIsNamed() throws {
    var scene = try Scene(tokens: 1)
    _ = try scene.workspace.directory.write("a", String(repeating: "x", count: 40))
    scene.configuration.entries = [scene.consumer(0, with: "a")]
    let service = try scene.workspace.start(scene.configuration)
    let refusal = try service.event("rollRefusedForGood", entry: "t0")
    #expect(refusal.message.contains(#"the credential "a" is not in force"#))
    #expect(try service.stop() == 0)
  }
}
