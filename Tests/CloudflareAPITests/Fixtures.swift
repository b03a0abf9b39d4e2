import Core
import Dispatch
import Platform

@testable import CloudflareAPI

let account = "0123456789abcdef0123456789abcdef"
let tokenID = "fedcba9876543210fedcba9876543210"
let credentialText = "cfat_CredentialCredentialCredentialCredent12345678"
let newSecret = "cfat_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789_-Ab01234567"

extension Secret {
  convenience init(_ text: String) {
    let bytes = Array(text.utf8)
    self.init(count: bytes.count) { $0.copyBytes(from: bytes) }
  }

  var text: String { withBytes { String(decoding: $0, as: UTF8.self) } }
}

extension Answer {
  /// The class of the outcome in a word, for tables.
  var outcome: Outcome {
    switch result {
    case .success: .value
    case .failure(let failure): Outcome(failure.effect)
    }
  }

  var failure: APIFailure? {
    guard case .failure(let failure) = result else { return nil }
    return failure
  }
}

/// What a request came to.
enum Outcome: Sendable {
  case value, notSent, refused, rateLimited, unknown

  init(_ effect: APIFailure.Effect) {
    switch effect {
    case .notSent: self = .notSent
    case .refused: self = .refused
    case .rateLimited: self = .rateLimited
    case .unknown: self = .unknown
    }
  }
}

/// An HTTP answer with a length.
func httpAnswer(_ status: String, _ body: String, fields: [String] = []) -> String {
  let lines = ["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)"] + fields
  return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
}

func rolledBody(_ secret: String = newSecret) -> String {
  #"{"success":true,"errors":[],"messages":[],"result":"\#(secret)"}"#
}

let goodAnswer = httpAnswer("200 OK", rolledBody(), fields: ["CF-Ray: 8f00ba4-AMS"])

/// A clock that stands still.
struct StoppedClock: Clock {
  var now = Timestamp(seconds: 1_700_000_000)
  var bootTime = TimeSpan.zero
}

func makeClient(
  port: UInt16, scheme: String = "http", timeout: TimeSpan = .seconds(20),
  connectTimeout: TimeSpan = .seconds(20), maxConnections: Int = 8,
  idleTime: DispatchTimeInterval = .seconds(60)
) throws -> CloudflareClient {
  let settings = try TransportSettings(
    baseURL: "\(scheme)://127.0.0.1:\(port)/client/v4", timeout: timeout, connectTimeout: connectTimeout,
    caFile: nil,
    maxConnections: maxConnections, userAgent: "tokenroll/test")
  return CloudflareClient(settings, clock: StoppedClock(), idleTime: idleTime)
}

extension CloudflareClient {
  func rollTestToken() async -> Answer<RolledSecret> {
    await roll(account: account, token: tokenID, credential: Secret(credentialText))
  }
}
