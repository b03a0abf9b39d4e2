import Glibc
import JSON
import TestSupport

/// A running sandbox, stopped when it is let go.
final class SandboxUnderTest: Sendable {
  /// A token of the sandbox as it was when the sandbox started.
  struct Token: Sendable {
    let account: String
    let id: String
    let name: String
    let secret: String
  }

  let process: TestProcess
  /// The base of the API, `http://127.0.0.1:PORT/client/v4`.
  let base: String
  let caFile: String?
  private let directory: TemporaryDirectory

  /// Starts a sandbox on a free port with these options.
  convenience init(_ options: String..., tls: Bool = false) throws {
    try self.init(options: options, tls: tls)
  }

  /// Starts a sandbox on a free port with these options.
  init(options: [String], tls: Bool = false) throws {
    directory = try TemporaryDirectory()
    let ca = directory.path("ca.pem")
    process = try TestProcess(
      TestProcess.product("tokenroll-sandbox"),
      ["--listen", "127.0.0.1:0", "--verbose"] + (tls ? ["--tls", "--ca-file", ca] : []) + options)
    caFile = tls ? ca : nil
    let line = String(decoding: try process.readOutput { $0.last == 0x0A }, as: UTF8.self)
    let prefix = "listening on "
    guard line.hasPrefix(prefix), line.hasSuffix("/client/v4\n") else {
      throw TestFailure(
        "the sandbox did not start: \(line)\(String(decoding: try process.errorOutput(), as: UTF8.self))")
    }
    base = String(line.dropFirst(prefix.count).dropLast())
  }

  /// The port that it listens on.
  var port: UInt16 { base.split(separator: ":").last.flatMap { UInt16($0.prefix { $0 != "/" }) } ?? 0 }

  /// The beginning of the URLs of the administration.
  var admin: String { "\(base.dropLast("/client/v4".count))/admin" }

  func send(
    _ method: String, _ path: String, bearer: String? = nil, headers: [String] = [], body: String? = nil,
    timeout: Int = 30, options: [String] = []
  ) throws -> HTTPReply {
    try HTTPClient.send(
      method, base + path, bearer: bearer, headers: headers, body: body, caFile: caFile, timeout: timeout,
      options: options)
  }

  /// Asks the administration, which must agree.
  @discardableResult
  func administer(_ method: String, _ path: String, _ body: String? = nil) throws -> JSONNode {
    if base.hasPrefix("http://127.0.0.1:") {
      let (status, answer) = try PlainHTTP.send(method, port: port, path: "/admin" + path, body: body ?? "")
      guard status == 200 else {
        throw TestFailure(
          "\(method) /admin\(path): status \(status): \(String(decoding: answer, as: UTF8.self))")
      }
      return try JSONDocument(parsing: answer).root
    }
    let reply = try HTTPClient.send(method, admin + path, body: body, caFile: caFile)
    guard reply.status == 200 else {
      throw TestFailure(
        "\(method) /admin\(path): status \(reply.status), curl \(reply.exitStatus): \(reply.text)")
    }
    return try reply.json()
  }

  func addFault(_ json: String) throws { try administer("POST", "/faults", json) }

  /// All tokens with their secrets of now.
  func tokens() throws -> [Token] {
    try administer("GET", "/tokens")["tokens"]?.elements.map { node in
      guard let account = node["account_id"]?.string, let id = node["id"]?.string,
        let name = node["name"]?.string,
        let secret = node["secret"]?.string
      else { throw TestFailure("a token of /admin/tokens lacks a member") }
      return Token(account: account, id: id, name: name, secret: secret)
    } ?? []
  }

  /// The first token of this name.
  func token(_ name: String) throws -> Token {
    guard let token = try tokens().first(where: { $0.name == name }) else {
      throw TestFailure("no token \(name)")
    }
    return token
  }

  func rolls(of token: Token) throws -> Int64 {
    guard let rolls = try administer("GET", "/tokens/\(token.id)")["rolls"]?.integer else {
      throw TestFailure("no rolls")
    }
    return rolls
  }

  /// How many requests have come of `call`.
  func received(_ call: String) throws -> Int64 {
    guard let received = try administer("GET", "/requests?call=\(call)")["received"]?.integer else {
      throw TestFailure("no count of requests")
    }
    return received
  }

  func roll(_ token: Token, as bearer: Token, timeout: Int = 30, options: [String] = []) throws -> HTTPReply {
    try send(
      "PUT", "/accounts/\(token.account)/tokens/\(token.id)/value", bearer: bearer.secret, body: "{}",
      timeout: timeout, options: options)
  }

  func verify(_ token: Token) throws -> HTTPReply {
    try send("GET", "/accounts/\(token.account)/tokens/verify", bearer: token.secret)
  }
}
