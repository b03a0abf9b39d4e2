import Glibc
import TestSupport
import Testing

/// What docs/operations.md says under "Recovery", done to the letter.
@Suite struct RecoveryTests {
  @Test(.enabled(if: Workspace.canReadState, "there is no sqlite3(1)"))
  func aDamagedDatabaseIsSavedAsTheManualSays() throws {
    let sandbox = try SandboxUnderTest()
    let token = try sandbox.token("token-1")
    let workspace = try Workspace(sandbox)
    var configuration = workspace.configuration
    configuration.entries = [workspace.entry("one", token)]
    let first = try workspace.start(configuration)
    try first.event("rollSettled")
    #expect(try first.stop() == 0)
    let version = try workspace.askState("PRAGMA user_version")
    try destroy(page: "history_token", of: workspace)

    let refused = try workspace.restart()
    #expect(try refused.ended() == 74)
    #expect(refused.events.contains { $0.message.contains("is damaged") }, "\(refused.lines)")
    let saved = try TestProcess.run("/bin/sh", ["-euc", try commands(workspace)])
    #expect(saved.status == 0, "\(saved.errorText)")
    #expect(saved.outputText == "ok\n1\n1\n0\n")
    #expect(try workspace.askState("PRAGMA user_version") == version)

    let service = try workspace.restart()
    try service.event("serviceReady")
    #expect(try workspace.command("roll", "one", "--yes").status == 0)
    #expect(try service.stop() == 0)
    #expect(try workspace.outcomes() == ["settled", "settled"])
    #expect(try workspace.publishedText("one") == sandbox.token("token-1").secret)
  }

  /// The commands of the manual, for the state of `workspace` and without a user of the service's own.
  private func commands(_ workspace: Workspace) throws -> String {
    let manual = try Repository.text("docs/operations.md")
    let from = try #require(manual.firstRange(of: "\n### The state database is damaged\n")).upperBound
    let section = manual[from...].split(separator: "\n### ", maxSplits: 1)[0]
    let lines = section.split(separator: "\n").filter { $0.hasPrefix("       ") }
    try #require(lines.count == 6)
    return lines.joined(separator: "\n").replacing("/var/lib/tokenroll", with: workspace.state)
      .replacing("/root/", with: "\(workspace.directory.path)/")
      .replacing("-o tokenroll -g tokenroll ", with: "")
  }

  /// Overwrites the first page of an index, as a disk might.
  private func destroy(page index: String, of workspace: Workspace) throws {
    let numbers = try workspace.askState(
      "SELECT rootpage, page_size FROM sqlite_schema, pragma_page_size WHERE name = '\(index)'"
    ).split(whereSeparator: { "|\n".contains($0) }).compactMap { Int(String($0)) }
    try #require(numbers.count == 2)
    let file = open(workspace.stateDatabase, O_WRONLY)
    defer { close(file) }
    let noise = [UInt8](repeating: 0xAA, count: numbers[1])
    #expect(pwrite(file, noise, noise.count, (numbers[0] - 1) * numbers[1]) == noise.count)
  }
}
