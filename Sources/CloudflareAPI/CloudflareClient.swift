public import Core
internal import Dispatch
internal import JSON
public import Platform

/// The API, reached through libcurl.
///
/// Nothing is ever sent twice and no redirect is followed; TLS 1.2 or later, with the server's certificate checked. For
/// an https address the environment's `https_proxy` and `no_proxy` count, as they do for curl(1). HTTP/1.1 on purpose:
/// one request on a connection at a time, so that a connection that breaks leaves one roll in doubt and not all.
@RotationActor public final class CloudflareClient: TokenIssuer {
  private let settings: TransportSettings
  private let transport: Transport
  private let clock: any Clock

  /// A client for the API at `baseURL` (http or https, no query).
  ///
  /// `timeout` limits a whole request, `connectTimeout` the time until its TLS session stands, each 1 ms to 24 h.
  /// `caFile` names certificates (PEM) to trust instead of the system's. At most `maxConnections` requests, 1 to 256, are
  /// under way at a time; more wait, and their time limits count from their turn. Throws where a value is unfit.
  public nonisolated convenience init(
    baseURL: String, timeout: TimeSpan, connectTimeout: TimeSpan, caFile: String?, maxConnections: Int,
    userAgent: String, clock: any Clock = SystemClock()
  ) throws(ClientError) {
    let settings = try TransportSettings(
      baseURL: baseURL, timeout: timeout, connectTimeout: connectTimeout, caFile: caFile,
      maxConnections: maxConnections, userAgent: userAgent)
    self.init(settings, clock: clock, idleTime: .seconds(5))
  }

  nonisolated init(_ settings: TransportSettings, clock: any Clock, idleTime: DispatchTimeInterval) {
    self.settings = settings
    self.clock = clock
    transport = Transport(settings, idleTime: idleTime)
  }

  /// Breaks off every request that is under way and closes every connection; later requests are not sent.
  public func shutdown() { transport.shutDown() }
}

// MARK: - Calls

extension CloudflareClient {
  /// Rolls a token; see ``TokenIssuer``. A task's cancellation does not break it off.
  public func roll(account: String, token: String, credential: Secret) async -> Answer<RolledSecret> {
    await call(.put, ["accounts", account, "tokens", token, "value"], body: Array("{}".utf8), credential) {
      $0.result.flatMap { RolledSecret($0) }
    }
  }

  /// Asks whether `secret` is in force; see ``TokenIssuer``.
  public func verify(account: String, secret: Secret) async -> Answer<TokenVerification> {
    await call(.get, ["accounts", account, "tokens", "verify"], secret) {
      $0.result.flatMap { TokenVerification($0) }
    }
  }

  /// Reads a token; see ``TokenIssuer``.
  public func token(account: String, token: String, credential: Secret) async -> Answer<TokenDetails> {
    await call(.get, ["accounts", account, "tokens", token], credential) {
      $0.result.flatMap { TokenDetails($0) }
    }
  }

  /// Reads a page of tokens; see ``TokenIssuer``.
  public func tokens(account: String, page: Int, perPage: Int, credential: Secret) async -> Answer<TokenPage>
  {
    await call(.get, ["accounts", account, "tokens"], query: "?page=\(page)&per_page=\(perPage)", credential)
    {
      TokenPage($0, page: page)
    }
  }

  /// Creates a token; see ``TokenIssuer``.
  public func create(account: String, token: NewToken, credential: Secret) async -> Answer<CreatedToken> {
    await call(.post, ["accounts", account, "tokens"], body: token.body, credential) { envelope in
      guard let result = envelope.result,
        let secret = result[CreatedTokenMember.value].flatMap({ RolledSecret($0) })
      else { return nil }
      return CreatedToken(details: TokenDetails(result), secret: secret)
    }
  }

  /// Deletes a token; see ``TokenIssuer``.
  public func delete(account: String, token: String, credential: Secret) async -> Answer<DeletedToken> {
    await call(.delete, ["accounts", account, "tokens", token], credential) { _ in DeletedToken(id: token) }
  }

  private func call<Value: Sendable>(
    _ method: Request.Method, _ path: [String], query: String = "", body: [UInt8]? = nil, _ bearer: Secret,
    _ decode: (Envelope) -> Value?
  ) async -> Answer<Value> {
    if let objection = Self.objection(path, bearer) {
      return Answer(.failure(APIFailure(.notSent, objection)))
    }
    let url = settings.baseURL + "/" + path.joined(separator: "/") + query
    let reply = await transport.perform(Request(method: method, url: url, body: body, bearer: bearer))
    let verdict = Verdict(reply: reply, bearer: bearer, host: settings.host, now: clock.now)
    return Answer(verdict.result(decode), trace: RequestTrace(reply))
  }

  /// What would make of the request another one than the one that is meant.
  private static func objection(_ path: [String], _ bearer: Secret) -> String? {
    if let part = path.first(where: { $0.isEmpty || !$0.utf8.allSatisfy(isTokenByte) }) {
      return
        "\"\(printable(part))\" cannot be an identifier: it has other characters than letters, digits, _ and -"
    }
    guard bearer.count > 0, bearer.withBytes({ $0.allSatisfy { (0x21...0x7E).contains($0) } }) else {
      return
        "the secret cannot stand in a header: it is empty, or has blanks, line ends or other than ASCII characters"
    }
    return nil
  }
}

extension RequestTrace {
  fileprivate init(_ reply: Reply) {
    self.init(
      httpStatus: reply.head.isComplete ? reply.head.status : nil, ray: reply.head.ray,
      serverTime: reply.head.date.flatMap { Timestamp(httpDate: $0) }, sentAfter: reply.sentAfter,
      duration: reply.duration,
      rateLimit: reply.head.rateLimit.flatMap {
        RateLimitStatus(field: $0, policy: reply.head.rateLimitPolicy)
      })
  }
}
