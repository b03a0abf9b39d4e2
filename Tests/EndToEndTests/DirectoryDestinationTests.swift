import Glibc
import JSON
import TestSupport
import Testing

/// Destinations of several files that are replaced at once, behind a link.
@Suite struct DirectoryDestinationTests {
  private let sandbox: SandboxUnderTest
  private let workspace: Workspace
  private let token: SandboxUnderTest.Token
  private static let files =
    #"[{"name": "token"}, {"name": "env", "format": "env"}, {"name": "meta.json", "format": "json"}]"#

  init() throws {
    sandbox = try SandboxUnderTest()
    workspace = try Workspace(sandbox)
    token = try sandbox.token("token-1")
  }

  private func configuration(
    _ verify: String = "{}", schedule: String = ServiceConfiguration.Entry.once,
    _ others: [String: String] = [:]
  ) -> ServiceConfiguration {
    var configuration = workspace.configuration
    configuration.entries = [
      workspace.entry(
        "edge", token, schedule: schedule,
        publish: [.directory(workspace.published, files: Self.files, mode: "0640", others)])
    ]
    configuration.entries[0].verify = verify
    return configuration
  }

  /// That consumers find the secret in force in all files, and that there is nothing beside them.
  private func expectPublished(_ comment: Comment? = nil) throws {
    let secret = try sandbox.token("token-1").secret
    #expect(workspace.publishedText("current/token") == secret, comment)
    #expect(workspace.publishedText("current/env") == "CLOUDFLARE_API_TOKEN=\(secret)\n", comment)
    let object = try JSONDocument(parsing: contents(of: "\(workspace.published)/current/meta.json")).root
    #expect(object["token"]?.string == secret && object["token_id"]?.string == token.id, comment)
    let version = try #require(workspace.publishedLink("current"))
    #expect(TemporaryDirectory.names(workspace.published) == [version, "current"], comment)
    #expect(try FileStatus("\(workspace.published)/\(version)").mode == 0o750, comment)
    for name in ["token", "env", "meta.json"] {
      #expect(try FileStatus("\(workspace.published)/current/\(name)").mode == 0o640, comment)
    }
  }

  @Test func filesAreReplacedTogetherAndARestartFindsThemInPlace() throws {
    let service = try workspace.start(configuration())
    try service.event("rollSettled", entry: "edge")
    try expectPublished()
    let first = workspace.publishedLink("current")
    #expect(try workspace.command("roll", "edge", "--yes").status == 0)
    try expectPublished()
    #expect(workspace.publishedLink("current") != first)
    let status = try JSONDocument(parsing: workspace.command("status", "edge", "--json").output).root
    #expect(
      status["destinations"]?.elements.compactMap(\.string)
        == ["token", "env", "meta.json"].map { "\(workspace.published)/current/\($0)" })
    #expect(try service.stop() == 0)

    // What a crash can leave beside it goes at the next start; what the link leads to does not.
    let second = workspace.publishedLink("current")
    _ = try workspace.directory.makeDirectory("published/.current.tokenroll-0123456789abcdef")
    try workspace.directory.write("published/.current.tokenroll-0123456789abcdef/token", "dead")
    let next = try workspace.restart()
    try next.event("serviceReady")
    try expectPublished()
    #expect(workspace.publishedLink("current") == second)
    #expect(try next.stop() == 0)
    #expect(try sandbox.rolls(of: token) == 2)
  }

  @Test func theOldSecretIsReadBackFromTheDirectory() throws {
    try workspace.publishDirectory(["token": token.secret])
    // The request takes no effect and has no answer; that is found out with the old secret.
    try sandbox.addFault(#"{"kind":"close","call":"roll"}"#)
    let service = try workspace.start(configuration())
    try service.event("rollDidNotHappen", entry: "edge")
    try service.event("rollSettled", entry: "edge", within: 120)
    #expect(try service.stop() == 0)
    #expect(try sandbox.rolls(of: token) == 1)
    try expectPublished()
  }

  @Test func whatIsWrongWithTheDirectoryIsToldAndItsRightsArePutRight() throws {
    let service = try workspace.start(configuration(#"{"every": "1s"}"#))
    try service.event("rollSettled", entry: "edge")
    let link = "\(workspace.published)/current"
    chmod("\(link)/env", 0o644)
    chmod(link, 0o777)
    try service.event("rightsCorrected", entry: "edge", count: 2)
    let corrected = service.events("rightsCorrected").map(\.message)
    #expect(corrected.contains { $0.hasPrefix("\(link) ") && $0.contains("0777, which is more") })
    #expect(corrected.contains { $0.hasPrefix("\(link)/env ") && $0.contains("0644, which is more") })
    try expectPublished()
    unlink("\(link)/env")
    #expect(try service.event("fileDrifted", entry: "edge").message.contains("\(link)/env is gone"))
    #expect(try workspace.command("roll", "edge", "--yes").status == 0)
    try expectPublished()
    #expect(try service.stop() == 0)
  }

  @Test func nothingIsSentWhereSomethingElseHasTheNameOfTheLink() throws {
    var configuration = configuration()
    configuration.entries.append(workspace.entry("well", try sandbox.token("token-2")))
    let obstacle = try workspace.directory.makeDirectory("published/current")
    let service = try workspace.start(configuration)
    let refusal = try service.event("rollNotReady", entry: "edge").message
    #expect(refusal.contains("published/current: it is not a symbolic link"), "\(refusal)")
    try service.event("rollSettled", entry: "well")
    #expect(try sandbox.rolls(of: token) == 0)
    let probe = try workspace.command("check", "--probe").outputText
    #expect(probe.contains("published/current: it is not a symbolic link"), "\(probe)")
    rmdir(obstacle)
    // What was not ready is tried again less and less often.
    try service.event("rollSettled", entry: "edge", within: 300)
    #expect(
      try workspace.command("check", "--probe").outputText.contains("published/current can be replaced"))
    #expect(try workspace.command("doctor").outputText.contains("published/current can be replaced"))
    #expect(try service.stop() == 0)
    unlink("\(workspace.published)/well")
    try expectPublished()
  }

  @Test func anAdoptedSecretIsPublishedInTheDirectory() throws {
    try workspace.write(configuration(schedule: ServiceConfiguration.Entry.later))
    let result = try TestProcess.run(
      TestProcess.product("tokenroll"), ["adopt", "edge", "--config", workspace.configurationFile],
      input: token.secret + "\n")
    #expect(result.status == 0, "\(result.errorText)")
    #expect(result.outputText.contains("\(workspace.published)/current/env"))
    try expectPublished()
  }
}
