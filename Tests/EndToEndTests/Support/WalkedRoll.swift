import Glibc
import JSON
import TestSupport

/// One roll of a token of its own under the injector: what the walks over its system calls have in common.
struct WalkedRoll: Sendable {
  /// What consumers have before the roll.
  enum Before: String, Sendable, CaseIterable {
    case noFile = "no secret published before"
    case secretInForce = "the secret in force published before"
    case ownCredential = "the token is a credential of the service"
    case secretOfTwin = "the secret of the pair's other token published before"
    case directory = "the secret in force published before in a directory behind a link"
  }

  /// The credential that the token is, where it is one.
  private static let own = "own"

  let token: SandboxUnderTest.Token
  /// The other token of a pair, which consumers hold; never rolled, so that many pairs can have the same.
  let twin: SandboxUnderTest.Token?
  let workspace: Workspace
  /// Where the destinations are, in the directory for what is published.
  private let place: String
  /// The secret in the former directory, where one is kept.
  private let former: String?

  init(
    _ token: SandboxUnderTest.Token, _ before: Before, _ sandbox: SandboxUnderTest, credential: String,
    twin: SandboxUnderTest.Token? = nil, grace: String? = nil, reload: [String] = [],
    run script: String? = nil, escrow: String? = nil
  ) throws {
    self.token = token
    self.twin = before == .secretOfTwin ? twin : nil
    workspace = try Workspace(sandbox, in: .memory, credential: credential)
    if let held = before == .secretInForce ? token : self.twin {
      _ = try workspace.directory.write("published/raw", held.secret)
    }
    var configuration = workspace.configuration
    let publish: [ServiceConfiguration.Destination]
    if before == .directory {
      (place, former) = ("current/", token.secret)
      try workspace.publishDirectory(["raw": token.secret])
      let files = #"[{"name": "raw"}, {"name": "env", "format": "env"}, {"name": "json", "format": "json"}]"#
      publish = [.directory(workspace.published, files: files, mode: "0640", ["keep_previous": "1"])]
    } else {
      (place, former) = ("", nil)
      publish = [
        .init(file: "\(workspace.published)/raw"), .init(file: "\(workspace.published)/env", format: "env"),
        .init(file: "\(workspace.published)/json", format: "json", mode: "0640"),
      ]
    }
    configuration.escrow = escrow
    configuration.entries = [workspace.entry(SyscallInjector.entry, token, publish: publish)]
    configuration.entries[0].twin = self.twin?.id
    configuration.entries[0].grace = grace
    configuration.entries[0].reload = reload
    if let script { configuration.entries[0].programs["run"] = workspace.shell(script) }
    if before == .ownCredential {
      configuration.credentials[Self.own] = try workspace.directory.write(Self.own, token.secret)
      configuration.entries[0].provide = Self.own
    }
    try workspace.write(configuration)
  }

  var log: String { workspace.directory.path("calls") }

  /// How often the token was rolled, and its secret.
  func truth() throws -> (rolls: Int64, secret: String) {
    let node = try workspace.sandbox.administer("GET", "/tokens/\(token.id)")
    guard let rolls = node["rolls"]?.integer, let secret = node["secret"]?.string else {
      throw TestFailure("no token")
    }
    return (rolls, secret)
  }

  /// Waits until the sandbox has received the request that was sent, and has done with it.
  func awaitRollRequest() throws {
    try workspace.sandbox.administer("GET", "/wait?answered=1&call=roll&token=\(token.id)&timeout=30")
  }

  /// How many files a roll is published in.
  static let destinationCount = 3

  /// The destinations that do not hold `secret`.
  func wrongDestinations(_ secret: String) -> [String] {
    let wanted: [(String, (String) -> Bool)] = [
      ("raw", { $0 == secret }), ("env", { $0 == "CLOUDFLARE_API_TOKEN=\(secret)\n" }),
      ("json", { $0.contains("\"token\": \"\(secret)\"") }),
    ]
    let wrong = wanted.filter { !(workspace.publishedText(place + $0.0).map($0.1) ?? false) }.map(\.0)
    return (workspace.credential(Self.own) ?? secret) == secret ? wrong : wrong + ["the service itself"]
  }

  /// Why what is published is not as it was to be, beside the secret: the former directory, and the rights of all of it.
  func directoryFaults() throws -> [String] {
    guard let former else { return [] }
    var faults: [String] = []
    if workspace.publishedText("current.1/raw") != former {
      faults.append("the former directory is not kept")
    }
    let links = ["current", "current.1"]
    let wanted = (links + links.compactMap(workspace.publishedLink)).sorted()
    let found = TemporaryDirectory.names(workspace.published)
    if wanted.count != 4 || found != wanted { faults.append("published: \(found)") }
    for (name, mode) in [("current/.", 0o750), ("current/raw", 0o640), ("current/env", 0o640)] {
      let found = try FileStatus("\(workspace.published)/\(name)").mode
      if Int(found) != mode { faults.append("\(name) has mode \(String(found, radix: 8))") }
    }
    return faults
  }

  /// Whether the history says that the roll is over: verified, or, where the API cannot be heard, not.
  func isOver() throws -> Bool { try ["settled", "unverified"].contains(workspace.outcomes().last) }

  /// What is not as it has to be after the roll has settled and the service has stopped; empty where all is well.
  func faults(rolls expected: Int64, allowUnverified: Bool = false) throws -> [String] {
    var faults: [String] = []
    let (rolls, secret) = try truth()
    if rolls != expected { faults.append("\(rolls) rolls instead of \(expected)") }
    if let twin, try workspace.sandbox.rolls(of: twin) != 0 {
      faults.append("LOST: the token was rolled whose secret consumers held")
    }
    let wrong = wrongDestinations(secret)
    if !wrong.isEmpty { faults.append("LOST: \(wrong.joined(separator: ", ")) lacks the secret in force") }
    if !workspace.escrowed.isEmpty { faults.append("escrow left: \(workspace.escrowed)") }
    if !workspace.temporaries.isEmpty { faults.append("temporary left: \(workspace.temporaries)") }
    let outcomes = try workspace.outcomes()
    let tookPlace = outcomes.filter { ["settled", "unverified", "lost"].contains($0) }.count
    let isSettled = outcomes.last == "settled" || allowUnverified && outcomes.last == "unverified"
    if !isSettled || tookPlace != rolls {
      faults.append("history \(outcomes) for \(rolls) rolls")
    }
    return faults
  }
}

/// Whether the long forms of the tests are asked for (`make soak`).
let isSoak = getenv("TOKENROLL_SOAK") != nil
