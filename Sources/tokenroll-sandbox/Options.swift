/// What the command line asks for.
struct Options: Sendable {
  var listen = Listener.Address(host: IPAddress.loopback, port: 8787)
  var allowsNonLoopback = false
  var isTLS = false
  var caFile: String?
  var certificate = TLSIdentity.Quality.good
  var tlsVersion = TLSIdentity.Version.tls13
  var accounts: [String] = []
  var tokens = 3
  var demo: String?
  var fixture: String?
  var state: String?
  var rateLimit: RateLimit?
  var faults: [Fault] = []
  var seed: UInt64 = 0
  var readyFile: String?
  var isVerbose = false
}

extension IPAddress {
  /// 127.0.0.1.
  static let loopback = IPAddress(bytes: [127, 0, 0, 1])

  private init(bytes: [UInt8]) { self.bytes = bytes }
}

// MARK: - The command line

extension Options {
  /// What is to be done.
  enum Request: Sendable {
    case serve(Options)
    case help
    case version
  }

  /// Reads the arguments behind the program's name.
  static func request(_ arguments: [String]) throws(SandboxError) -> Request {
    var options = Options()
    var words = Words(arguments)
    while let name = words.next() {
      switch name {
      case "--help", "-h": return .help
      case "--version": return .version
      default: try options.take(name, &words)
      }
      try words.refuseLeftValue()
    }
    try options.check()
    return .serve(options)
  }

  private mutating func take(_ name: String, _ words: inout Words) throws(SandboxError) {
    switch name {
    case "--allow-non-loopback": allowsNonLoopback = true
    case "--tls": isTLS = true
    case "--verbose", "-v": isVerbose = true
    case "--ca-file": caFile = try words.value()
    case "--demo": demo = try words.value()
    case "--fixture": fixture = try words.value()
    case "--state": state = try words.value()
    case "--ready-file": readyFile = try words.value()
    case "--listen":
      listen = try words.value("an address and a port such as 127.0.0.1:8787 or [::1]:0") {
        Listener.Address($0)
      }
    case "--tls-certificate":
      certificate = try words.value("good, expired, wrong-host or self-signed") {
        TLSIdentity.Quality(rawValue: $0)
      }
    case "--tls-max-version":
      tlsVersion = try words.value("1.1, 1.2 or 1.3") { TLSIdentity.Version(rawValue: $0) }
    case "--account":
      accounts.append(try words.value("an identifier of 32 characters") { $0.utf8.count == 32 ? $0 : nil })
    case "--tokens":
      tokens = try words.value("a number from 0 to 100000") { text in
        Int(text).flatMap { 0...100_000 ~= $0 ? $0 : nil }
      }
    case "--seed":
      seed = try words.value("a number that is not negative") { UInt64($0) }
    case "--rate-limit":
      if words.hasValue {
        rateLimit = try words.value("CALLS/SECONDS, such as 1200/300") { RateLimit($0) }
      } else {
        rateLimit = .documented
      }
    case "--fault":
      let text = try words.value()
      do {
        faults.append(try FaultReader.fault(text))
      } catch {
        throw SandboxError(.usage, "--fault \(text): \(error.sentence)")
      }
    default:
      throw SandboxError(.usage, "unknown option \(name); --help lists the options")
    }
  }

  private func check() throws(SandboxError) {
    guard allowsNonLoopback || listen.host.isLoopback else {
      throw SandboxError(
        .usage,
        "--listen \(listen.host): other machines could reach this; choose a loopback address, or allow it with "
          + "--allow-non-loopback")
    }
    guard isTLS || caFile == nil else {
      throw SandboxError(.usage, "--ca-file has nothing to write without --tls")
    }
    guard isTLS || certificate == .good && tlsVersion == .tls13 else {
      throw SandboxError(.usage, "--tls-certificate and --tls-max-version mean nothing without --tls")
    }
    guard demo == nil || fixture == nil && state == nil else {
      throw SandboxError(
        .usage, "--demo keeps a fixture and a state of its own; leave out --fixture and --state")
    }
    guard fixture == nil || accounts.isEmpty else {
      throw SandboxError(.usage, "--account makes accounts, --fixture brings them; give one of the two")
    }
    guard Set(accounts).count == accounts.count else {
      throw SandboxError(.usage, "--account names the same account twice")
    }
  }

  /// The arguments, one by one; `--name=value` counts as two.
  private struct Words {
    private var left: ArraySlice<String>
    private var attached: String?
    private var name = ""

    init(_ arguments: [String]) { left = arguments[...] }

    mutating func next() -> String? {
      guard let word = left.popFirst() else { return nil }
      name = word
      if word.hasPrefix("--"), let sign = word.firstIndex(of: "=") {
        name = String(word[..<sign])
        attached = String(word[word.index(after: sign)...])
      }
      return name
    }

    /// True where something follows that is no option.
    var hasValue: Bool { attached != nil || left.first.map { !$0.hasPrefix("-") } ?? false }

    mutating func value() throws(SandboxError) -> String {
      if let value = attached.take() { return value }
      guard let value = left.popFirst() else { throw SandboxError(.usage, "\(name) needs a value") }
      return value
    }

    mutating func value<Value>(_ what: String, _ read: (String) -> Value?) throws(SandboxError) -> Value {
      let text = try value()
      guard let value = read(text) else {
        throw SandboxError(.usage, "\(name) \(text): the value must be \(what)")
      }
      return value
    }

    func refuseLeftValue() throws(SandboxError) {
      if attached != nil { throw SandboxError(.usage, "\(name) takes no value") }
    }
  }
}
