import Glibc
import JSON

/// The program: a stand-in for the Cloudflare API of account-owned tokens.
@main
struct Sandbox {
  static let version = "0.1.0"

  static func main() {
    do {
      switch try Options.request(Array(CommandLine.arguments.dropFirst())) {
      case .help: Output.write(HelpText.text, to: STDOUT_FILENO)
      case .version: Output.write("tokenroll-sandbox \(version)\n", to: STDOUT_FILENO)
      case .serve(let options): try serve(options)
      }
    } catch {
      Output.write("tokenroll-sandbox: \(error)\n", to: STDERR_FILENO)
      exit(error.kind.rawValue)
    }
  }

  private static func serve(_ options: Options) throws(SandboxError) {
    // Blocked before any other thread is started, so that sigwait alone sees them.
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGTERM, SIGINT] { sigaddset(&signals, number) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    signal(SIGPIPE, SIG_IGN)

    let (directory, stateFile) = try start(options)
    var faults = FaultPlan(seed: options.seed)
    for fault in options.faults { _ = faults.add(fault) }
    let service = Service(
      api: API(directory: directory, limiter: RateLimiter(options.rateLimit)), faults: faults,
      file: stateFile,
      log: Log(isVerbose: options.isVerbose))
    let identity = options.isTLS ? try TLSIdentity(options.certificate) : nil
    if let identity, let path = options.caFile ?? options.demo.map({ "\($0)/ca.pem" }) {
      try FileStore.replace(path, with: identity.authority, mode: 0o644)
    }
    let listener = try Listener(options.listen)
    let server = Server(service)
    try server.start(listener, identity, options.tlsVersion)
    let url = listener.url(isTLS: options.isTLS)
    if let path = options.readyFile { try FileStore.replace(path, with: Array("\(url)\n".utf8), mode: 0o644) }
    Output.write("listening on \(url)\n", to: STDOUT_FILENO)

    var number: Int32 = 0
    while sigwait(&signals, &number) != 0 {}
    server.stop()
    // Without the handlers of exit(3): a thread may still be writing to a client that does not read.
    _exit(0)
  }

  /// The accounts and tokens to start with, and where they are kept.
  private static func start(_ options: Options) throws(SandboxError) -> (Directory, StateFile?) {
    let now = Instant.now()
    let statePath = options.demo.map { "\($0)/fixture.json" } ?? options.state
    if let path = options.demo, mkdir(path, 0o700) != 0, errno != EEXIST {
      throw SandboxError(.system, "cannot make the directory \(path): \(Output.reason())")
    }
    let file = statePath.map { StateFile(path: $0) }
    if let statePath, let content = try FileStore.read(statePath) {
      return (try read(content, from: statePath, at: now), file)
    }
    let directory: Directory
    if let path = options.fixture {
      guard let content = try FileStore.read(path) else {
        throw SandboxError(.data, "cannot read the fixture \(path): there is no such file")
      }
      directory = try read(content, from: path, at: now)
    } else {
      directory = Demo.directory(accounts: options.accounts, tokens: options.tokens, at: now)
    }
    if let statePath { try FileStore.replace(statePath, with: directory.fixture(at: now)) }
    if let demo = options.demo { try writeCredential(of: directory, to: "\(demo)/credential") }
    return (directory, file)
  }

  private static func read(_ content: [UInt8], from path: String, at now: Instant) throws(SandboxError)
    -> Directory
  {
    do {
      return try Directory(fixture: JSONDocument(parsing: content).root, at: now)
    } catch let error as FieldError {
      throw SandboxError(.data, "cannot use \(path): \(error.sentence)")
    } catch {
      throw SandboxError(.data, "cannot use \(path): \(error)")
    }
  }

  /// Writes the secret of the first account's credential, as a service's configuration wants it.
  private static func writeCredential(of directory: Directory, to path: String) throws(SandboxError) {
    let tokens = directory.order.first.flatMap { directory.accounts[$0] }.map { Array($0.tokens) } ?? []
    guard let token = tokens.first(where: { $0.body.name == Demo.credential }) else { return }
    try FileStore.replace(path, with: Array(token.secret.utf8))
  }
}
