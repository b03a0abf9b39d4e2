import Glibc
import JSON
import TestSupport

/// The directories and the configuration of one service under test, removed when it is let go.
final class Workspace: Sendable {
  /// What lives here.
  enum Place: String, Sendable {
    case disk = "/tmp"
    /// Where fsync costs nothing.
    case memory = "/dev/shm"
  }

  let directory: TemporaryDirectory
  let sandbox: SandboxUnderTest

  /// Makes the directories and the file of the credential that may roll the sandbox's tokens.
  init(_ sandbox: SandboxUnderTest, in place: Place = .disk, credential: String? = nil) throws {
    self.sandbox = sandbox
    directory = try TemporaryDirectory(in: place.rawValue)
    guard mkdir(published, 0o700) == 0 else { throw TestFailure("mkdir \(published)") }
    _ = try directory.write("credential", try credential ?? sandbox.token("credential").secret)
  }

  var path: String { directory.path }
  /// Where secrets are published.
  var published: String { directory.path("published") }
  var state: String { directory.path("state") }
  var escrow: String { directory.path("state/escrow") }
  var successors: String { directory.path("state/credentials") }
  var configurationFile: String { directory.path("config.json") }

  /// A configuration for the sandbox, without entries.
  var configuration: ServiceConfiguration {
    ServiceConfiguration(
      baseURL: sandbox.base, caFile: sandbox.caFile, credentials: ["sandbox": directory.path("credential")],
      stateDirectory: state)
  }

  /// An entry for `token` with these destinations, each published in a file of the directory for that.
  func entry(
    _ name: String, _ token: SandboxUnderTest.Token, schedule: String = ServiceConfiguration.Entry.once,
    publish: [ServiceConfiguration.Destination]? = nil
  ) -> ServiceConfiguration.Entry {
    ServiceConfiguration.Entry(
      name: name, account: token.account, token: token.id, schedule: schedule,
      publish: publish ?? [.init(file: "\(published)/\(name)")])
  }

  @discardableResult
  func write(_ configuration: ServiceConfiguration) throws -> String {
    try directory.write("config.json", configuration.json)
  }

  /// Writes the configuration and starts the service.
  func start(
    _ configuration: ServiceConfiguration, through: [String] = [], environment: [String: String] = [:],
    level: String = "debug"
  ) throws -> RunningService {
    try RunningService(try write(configuration), through: through, environment: environment, level: level)
  }

  /// Starts the service with the configuration that was written last.
  func restart(
    through: [String] = [], environment: [String: String] = [:], level: String = "debug"
  ) throws -> RunningService {
    try RunningService(configurationFile, through: through, environment: environment, level: level)
  }

  /// The text of a published file; nil where there is none.
  func publishedText(_ name: String) -> String? {
    (try? contents(of: "\(published)/\(name)")).map { String(decoding: $0, as: UTF8.self) }
  }

  /// What the credential `name` is, whose file is in the workspace: what succeeded that, or what it holds; nil where there is
  /// none. To be asked where the file has held one secret alone.
  func credential(_ name: String) -> String? {
    let successor = TemporaryDirectory.names(successors).first { $0.hasPrefix("\(name).") }
    let path = successor.map { "\(successors)/\($0)" } ?? directory.path(name)
    return (try? contents(of: path)).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The names in the escrow.
  var escrowed: [String] { TemporaryDirectory.names(escrow) }

  /// A list with one program in JSON: a shell that runs `script`, in which `$0` is the file `name` of the workspace.
  func shell(_ script: String, _ name: String = "lines", _ others: [String: String] = [:]) -> String {
    ServiceConfiguration.program(["/bin/sh", "-c", script, directory.path(name)], others)
  }

  /// The lines that programs have written to the file `name`.
  func lines(_ name: String = "lines") -> [String] {
    let text = (try? contents(of: directory.path(name))).map { String(decoding: $0, as: UTF8.self) } ?? ""
    return text.split(separator: "\n").map(String.init)
  }

  /// The regular files under `directory`.
  static func files(under directory: String) -> [String] {
    TemporaryDirectory.names(directory).flatMap { name -> [String] in
      let path = "\(directory)/\(name)"
      var status = stat()
      guard lstat(path, &status) == 0 else { return [] }
      if status.st_mode & S_IFMT == S_IFDIR { return files(under: path) }
      return status.st_mode & S_IFMT == S_IFREG ? [path] : []
    }
  }

  /// The files of the state that have a part of one of `secrets` in them.
  func stateFiles(with secrets: [String]) throws -> [String] {
    let parts = SecretParts(secrets)
    return try Self.files(under: state).filter { parts.found(in: try contents(of: $0)) }
  }

  /// Files and directories that only exist while something is being written; not those that a link leads to.
  var temporaries: [String] {
    let names = TemporaryDirectory.names(published)
    let linked = names.compactMap(publishedLink)
    return
      (names.filter { !linked.contains($0) } + TemporaryDirectory.names(escrow)
      + TemporaryDirectory.names(state) + TemporaryDirectory.names(successors))
      .filter { $0.contains(".tokenroll-") }
  }

  /// Where the published link `name` leads; nil where it is none.
  func publishedLink(_ name: String) -> String? {
    var buffer = [CChar](repeating: 0, count: 4_096)
    let count = readlink("\(published)/\(name)", &buffer, buffer.count)
    return count < 0 ? nil : String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Publishes `files` as a service has done before, behind the link `current`.
  func publishDirectory(_ files: [String: String]) throws {
    let name = ".current.tokenroll-00000000000000ff"
    _ = try directory.makeDirectory("published/\(name)", mode: 0o750)
    for (file, text) in files { try directory.write("published/\(name)/\(file)", text, mode: 0o640) }
    guard symlink(name, "\(published)/current") == 0 else { throw TestFailure("symlink") }
  }

  /// How the rolls of the history ended, the oldest first, as `tokenroll history` says it.
  func outcomes() throws -> [String] { try history().compactMap { $0["outcome"]?.string } }

  /// The rolls of the history, the oldest first.
  func history() throws -> [JSONNode] {
    let result = try TestProcess.run(
      TestProcess.product("tokenroll"),
      ["history", "--config", configurationFile, "--json", "--limit", "1000000"])
    guard result.status == 0 else { throw TestFailure("tokenroll history: \(result.errorText)") }
    return try JSONDocument(parsing: result.output).root.elements.reversed()
  }
}
