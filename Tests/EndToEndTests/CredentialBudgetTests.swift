import TestSupport
import Testing

/// Accounts with a credential each have budgets of their own.
@Suite struct CredentialBudgetTests {
  private static let accounts = ["a", "b"].map { String(repeating: $0, count: 32) }

  @Test func anAccountIsRolledWhileTheCredentialOfAnotherIsLimited() throws {
    let sandbox = try SandboxUnderTest(
      options: Self.accounts.flatMap { ["--account", $0] } + ["--tokens", "1"])
    let tokens = try sandbox.tokens()
    func token(_ name: String, _ account: String) throws -> SandboxUnderTest.Token {
      try #require(tokens.first { $0.name == name && $0.account == account })
    }
    let limited = try token("token-1", Self.accounts[0])
    let free = try token("token-1", Self.accounts[1])
    let workspace = try Workspace(sandbox, credential: try token("credential", limited.account).secret)
    _ = try workspace.directory.write("second", try token("credential", free.account).secret)
    for (name, token) in [("limited", limited), ("free", free)] {
      _ = try workspace.directory.write("published/\(name)", token.secret)
    }
    try sandbox.addFault(
      #"{"kind":"refuse","status":429,"retry_after":"3600","call":"roll","account":"\#(limited.account)","count":"forever"}"#
    )
    var configuration = workspace.configuration
    configuration.credentials["second"] = workspace.directory.path("second")
    configuration.entries = [
      workspace.entry("limited", limited),
      workspace.entry("free", free, schedule: #"{"every": "1y", "jitter": "0s"}"#),
    ]
    configuration.entries[1].credential = "second"
    let service = try workspace.start(configuration)
    try service.event("serviceReady")
    try service.event("rateLimited", entry: "limited")
    for _ in 0..<2 {
      let result = try workspace.command("roll", "free", "--yes")
      try #require(result.status == 0, "\(result.errorText)")
    }
    #expect(try service.stop() == 0)
    #expect(try sandbox.rolls(of: free) == 2)
    #expect(try sandbox.rolls(of: limited) == 0)
    #expect(workspace.publishedText("limited") == limited.secret)
    #expect(workspace.publishedText("free") != free.secret)
  }
}
