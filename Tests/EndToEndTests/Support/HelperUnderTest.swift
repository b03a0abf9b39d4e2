import Dispatch
import Glibc
import Synchronization
import TestSupport

/// A thread that listens where the service has secrets encrypted, and does as the helper does, or as it should not.
final class HelperUnderTest: Sendable {
  /// What comes of a request.
  enum Behaviour: Sendable {
    /// The program of ours that the unit runs, with the real systemd-creds.
    case real
    /// An answer that a test can decode, made without systemd-creds.
    case imitation
    /// These words, and then the connection is closed.
    case answer(String)
    /// The secret itself, as if it were a credential.
    case plaintext
    /// A refusal with the secret in it.
    case indiscretion
    /// The connection is closed without an answer.
    case hangUp
    /// No answer; the connection stays open until the behaviour changes.
    case silence
    /// As `hangUp`, and nobody listens any more.
    case disappearance
  }

  private struct State {
    var behaviour: Behaviour
    var sample: Behaviour
    var refused: Set<String> = []
    var requests: [String] = []
    var held: [Int32] = []
    var count = 0
  }

  /// The name under which the service has a sample encrypted. What is for the escrow has no name: it is told apart as "seal"
  /// and "open", with this behind it for a sample.
  static let sample = "sample"
  /// What stands before the secret in an imitation.
  private static let stuffing = 64

  private let directory: TemporaryDirectory
  private let listener: Int32
  private let state: Mutex<State>
  private let arrivals = DispatchSemaphore(value: 0)
  private let program: String

  /// Listens from now on; `sample` is how a sample is treated, as everything else where it is nil.
  init(_ behaviour: Behaviour, sample: Behaviour? = nil) throws {
    directory = try TemporaryDirectory()
    state = Mutex(State(behaviour: behaviour, sample: sample ?? behaviour))
    program = try TestProcess.product("tokenroll")
    listener = try Self.listen(directory.path("socket"))
    startThread { [weak self, listener] in
      while true {
        let connection = accept(listener, nil, nil)
        if connection < 0, errno == EINTR || errno == ECONNABORTED { continue }
        guard connection >= 0 else { break }
        startThread { [weak self] in
          if let self { self.serve(connection) } else { Self.end(connection) }
        }
      }
      close(listener)
    }
  }

  deinit {
    // The thread closes it.
    shutdown(listener, Int32(SHUT_RDWR))
    for connection in state.withLock({ $0.held }) { Self.end(connection) }
  }

  /// For the service under test: the socket, and nothing that root could do without it.
  var environment: [String: String] { ["TOKENROLL_ENCRYPT_SOCKET": path, "PATH": "/nonexistent"] }
  var path: String { directory.path("socket") }

  /// The names of all requests so far.
  var requests: [String] { state.withLock { $0.requests } }

  /// Does so from now on, with samples too; whoever was left without an answer is hung up on.
  func behave(_ behaviour: Behaviour) {
    let held = state.withLock { state in
      state.behaviour = behaviour
      state.sample = behaviour
      state.refused = []
      defer { state.held = [] }
      return state.held
    }
    for connection in held { Self.end(connection) }
    _ = rename(away, path)
  }

  private var away: String { directory.path("away") }

  /// Nobody listens any more, until the behaviour changes.
  func leave() { _ = rename(path, away) }

  /// Refuses requests for credentials of this name, for now.
  func refuse(_ name: String) { state.withLock { _ = $0.refused.insert(name) } }

  /// Waits for a request for `name`.
  func awaitRequest(_ name: String) throws {
    let deadline = DispatchTime.now() + 60
    while !requests.contains(name) {
      guard arrivals.wait(timeout: deadline) == .success else {
        throw TestFailure("no request for \(name) came within 60 s: \(requests)")
      }
    }
  }

  /// The secret in an imitation.
  static func secret(in text: String) -> String? {
    let digits = text.filter { $0 != "\n" && $0 != "=" }.dropFirst(stuffing)
    var bytes: [UInt8] = []
    var rest = digits[...]
    while !rest.isEmpty {
      guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
      bytes.append(byte)
      rest = rest.dropFirst(2)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func listen(_ path: String) throws -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
    }
    guard descriptor >= 0, result == 0, Glibc.listen(descriptor, 64) == 0 else {
      throw TestFailure("listen at \(path): \(String(cString: strerror(errno)))")
    }
    return descriptor
  }

  private func serve(_ connection: Int32) {
    var isHeld = false
    defer { if !isHeld { Self.end(connection) } }
    guard let request = Self.request(connection) else { return }
    let (name, secret) = (request.name, request.body)
    let behaviour = state.withLock { state -> Behaviour in
      let isRefused = state.refused.contains(name)
      let own = name.hasSuffix(Self.sample) ? state.sample : state.behaviour
      if case .silence = own, !isRefused {
        state.held.append(connection)
        isHeld = true
      }
      state.requests.append(name)
      return isRefused ? .answer("refused 4\nnot\n") : own
    }
    switch behaviour {
    case .silence, .hangUp: break
    case .disappearance: rename(path, away)
    case .answer(let text): Self.send(text, connection)
    case .plaintext: Self.send("encrypted \(secret.utf8.count)\n\(secret)", connection)
    case .indiscretion:
      let text = "cannot encrypt \(secret)"
      Self.send("refused \(text.utf8.count)\n\(text)", connection)
    case .imitation: Self.send(imitation(of: request), connection)
    case .real:
      let result = try? TestProcess.run(program, ["__encrypt"], input: request.text)
      if let result { Self.send(result.outputText, connection) }
    }
    arrivals.signal()
  }

  /// As a real one, it has other bytes each time, and is bound to its roll.
  private func imitation(of request: Request) -> String {
    let number = state.withLock { state in
      state.count += 1
      return String(state.count)
    }
    let roll = request.word == "encrypt" ? "" : request.subject
    if request.word == "open" {
      let secret = request.body.contains(roll) ? Self.secret(in: request.body) ?? "" : ""
      return secret.isEmpty ? "refused 9\nnot yours" : "opened \(secret.utf8.count)\n\(secret)"
    }
    var digits = number + String(repeating: "A", count: Self.stuffing - number.count - roll.count) + roll
    for byte in request.body.utf8 { digits += (byte < 16 ? "0" : "") + String(byte, radix: 16) }
    while digits.count % 4 != 0 { digits += "=" }
    return "encrypted \(digits.count)\n\(digits)"
  }

  private struct Request {
    let text: String
    let word: String
    /// The name of the credential, or the roll.
    let subject: String
    let body: String

    /// By what a test knows it.
    var name: String {
      if word == "encrypt" { return subject }
      let secret = word == "open" ? HelperUnderTest.secret(in: body) ?? body : body
      // A sample is no secret of the API.
      let isSample = secret.utf8.count == 40 && secret.allSatisfy(\.isHexDigit)
      return isSample ? "\(word) \(HelperUnderTest.sample)" : word
    }
  }

  private static func request(_ connection: Int32) -> Request? {
    var text = ""
    var chunk = [UInt8](repeating: 0, count: 32_768)
    while true {
      let count = read(connection, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return nil }
      text += String(decoding: chunk.prefix(count), as: UTF8.self)
      guard let end = text.firstIndex(of: "\n") else { continue }
      let words = text[..<end].split(separator: " ", maxSplits: 2)
      let body = text[text.index(after: end)...]
      guard words.count == 3, let wanted = Int(words[1]) else { return nil }
      if body.utf8.count == wanted {
        return Request(
          text: text, word: String(words[0]), subject: String(words[2]), body: String(body))
      }
    }
  }

  /// Whoever inherited the number with a fork of another test does not keep the connection open.
  private static func end(_ connection: Int32) {
    shutdown(connection, Int32(SHUT_RDWR))
    close(connection)
  }

  private static func send(_ text: String, _ connection: Int32) {
    _ = Glibc.send(connection, text, text.utf8.count, Int32(MSG_NOSIGNAL))
  }
}
