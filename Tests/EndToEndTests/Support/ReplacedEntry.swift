import TestSupport

/// An entry "edge" whose token is replaced, and its consumers' file.
struct ReplacedEntry {
  let sandbox: SandboxUnderTest
  let workspace: Workspace
  let token: SandboxUnderTest.Token
  var configuration: ServiceConfiguration

  init(grace: String, schedule: String = ServiceConfiguration.Entry.once, amongTokens count: Int = 3) throws {
    sandbox = try SandboxUnderTest("--tokens", "\(count)")
    workspace = try Workspace(sandbox)
    token = try sandbox.token("token-1")
    configuration = workspace.configuration
    configuration.entries = [workspace.entry("edge", token, schedule: schedule)]
    configuration.entries[0].grace = grace
    _ = try workspace.directory.write("published/edge", token.secret)
  }

  /// What the account has of the entry: the old token, and those that replaced it.
  func tokens() throws -> [SandboxUnderTest.Token] { try sandbox.replacements(of: token) }

  /// Waits until one token is left; the answer is that.
  @discardableResult
  func one(_ service: RunningService) throws -> SandboxUnderTest.Token {
    try sandbox.one(token, service)
  }

  var published: String? { workspace.publishedText("edge") }
}

extension SandboxUnderTest {
  /// The token and those that were created in its place, as far as they are there.
  func replacements(of token: Token) throws -> [Token] {
    try tokens().filter { $0.name == token.name || $0.name.hasPrefix("\(token.name) (tokenroll ") }
  }

  /// Waits until of the token and those that were created in its place one is left; the answer is that.
  func one(_ token: Token, _ service: RunningService) throws -> Token {
    try service.wait("one token is left") { _ in
      guard let left = try? replacements(of: token), left.count == 1 else { return nil }
      return left[0]
    }
  }
}
