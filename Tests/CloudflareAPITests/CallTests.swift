import Core
import JSON
import Platform
import Testing

@testable import CloudflareAPI

/// The calls beside the roll: what they send, and what they read.
@Suite(.timeLimit(.minutes(1))) struct CallTests {
  static let tokenBody = #"""
    {"id":"\#(tokenID)","name":"dns \"edge\"","status":"active","issued_on":"2026-01-02T03:04:05Z",
    "modified_on":"2026-02-02T03:04:05.5Z","last_used_on":null,"expires_on":"2027-01-01T00:00:00Z",
    "policies":[{"id":"p1","effect":"allow","resources":{"com.cloudflare.api.account.1":{"x":"*"}},
    "permission_groups":[{"id":"g1","name":"DNS Write","meta":{"key":"a","value":"b"}},{"id":"g2","name":"Zone Read"}]},
    {"id":"p2","effect":"deny","resources":{"r":"*"},"permission_groups":[{"id":"g1","name":"DNS Write"}]}],
    "condition":{"request_ip":{"in":["192.0.2.0/24"],"not_in":[]}}}
    """#

  static func envelope(_ result: String) -> String {
    #"{"success":true,"errors":[],"messages":[],"result":\#(result)}"#
  }

  private func run<Value>(
    _ body: String, status: String = "200 OK", _ call: (CloudflareClient) async -> Answer<Value>
  ) async throws -> (answer: Answer<Value>, request: [Substring]) {
    let server = try ScriptedServer { _ in [.send(httpAnswer(status, body))] }
    let answer = await call(try makeClient(port: server.port))
    return (answer, try #require(server.requests.first).components)
  }

  @Test func verifyAsksWithTheSecretItself() async throws {
    let body = Self.envelope(#"{"id":"\#(tokenID)","status":"active","expires_on":"2027-01-01T00:00:00Z"}"#)
    let (answer, request) = try await run(body) {
      await $0.verify(account: account, secret: Secret(newSecret))
    }
    #expect(
      try answer.result.get()
        == TokenVerification(
          id: tokenID, status: .active, expiresOn: try Timestamp(rfc3339: "2027-01-01T00:00:00Z")))
    #expect(request.first == "GET /client/v4/accounts/\(account)/tokens/verify HTTP/1.1")
    #expect(request.contains("Authorization: Bearer \(newSecret)"))
    #expect(!request.contains { $0.hasPrefix("Content-") })
  }

  @Test(arguments: [
    ("200 OK", envelope(#"{"id":"x","status":"disabled"}"#), Outcome.value),
    ("200 OK", envelope(#"{"id":"x","status":"new to us"}"#), .value),
    ("200 OK", envelope(#"{"id":"x"}"#), .unknown), ("200 OK", envelope(#"{"status":"active"}"#), .unknown),
    ("200 OK", envelope("null"), .unknown), ("200 OK", "<html>", .unknown),
    ("401 Unauthorized", "", .refused), ("403 Forbidden", "<html>", .refused), ("500 Oops", "", .unknown),
    ("429 Slow down", "", .rateLimited),
  ])
  func verifyHasThreeOutcomes(_ status: String, _ body: String, _ outcome: Outcome) async throws {
    let (answer, _) = try await run(body, status: status) {
      await $0.verify(account: account, secret: Secret("s"))
    }
    #expect(answer.outcome == outcome)
  }

  @Test func aTokenIsReadWhole() async throws {
    let (answer, request) = try await run(Self.envelope(Self.tokenBody)) {
      await $0.token(account: account, token: tokenID, credential: Secret(credentialText))
    }
    #expect(request.first == "GET /client/v4/accounts/\(account)/tokens/\(tokenID) HTTP/1.1")
    let token = try answer.result.get()
    #expect(token.id == tokenID)
    #expect(token.name == #"dns "edge""#)
    #expect(token.status == .active)
    #expect(token.issuedOn == (try Timestamp(rfc3339: "2026-01-02T03:04:05Z")))
    #expect(token.modifiedOn == (try Timestamp(rfc3339: "2026-02-02T03:04:05.5Z")))
    #expect(token.lastUsedOn == nil)
    #expect(token.expiresOn == (try Timestamp(rfc3339: "2027-01-01T00:00:00Z")))
    #expect(token.notBefore == nil)
    #expect(token.permissionGroups == ["DNS Write", "Zone Read"])
    #expect(
      String(decoding: token.policiesJSON, as: UTF8.self)
        == #"[{"effect":"allow","resources":{"com.cloudflare.api.account.1":{"x":"*"}},"permission_groups":"#
        + #"[{"id":"g1","meta":{"key":"a","value":"b"}},{"id":"g2"}]},"#
        + #"{"effect":"deny","resources":{"r":"*"},"permission_groups":[{"id":"g1"}]}]"#)
    #expect(
      token.conditionJSON.map { String(decoding: $0, as: UTF8.self) }
        == #"{"request_ip":{"in":["192.0.2.0/24"],"not_in":[]}}"#)
  }

  @Test func aPageOfTokensIsReadWholeOrNotAtAll() async throws {
    let good =
      #"{"success":true,"result":[{"id":"a","status":"expired"},{"id":"b"}],"result_info":{"page":2,"total_count":7.0}}"#
    let (answer, request) = try await run(good) {
      await $0.tokens(account: account, page: 2, perPage: 50, credential: Secret(credentialText))
    }
    #expect(request.first == "GET /client/v4/accounts/\(account)/tokens?page=2&per_page=50 HTTP/1.1")
    let page = try answer.result.get()
    #expect(page.tokens.map(\.id) == ["a", "b"])
    #expect(page.tokens.map(\.status) == [.expired, .other("unknown")])
    #expect(page.page == 2)
    #expect(page.totalCount == 7)
    let (broken, _) = try await run(Self.envelope(#"[{"id":"a"},{"name":"b"}]"#)) {
      await $0.tokens(account: account, page: 1, perPage: 50, credential: Secret(credentialText))
    }
    #expect(broken.outcome == .unknown)
  }

  @Test func aTokenIsCreatedLikeAnother() async throws {
    let details = try #require(
      TokenDetails(JSONDocument(parsing: Array(Self.tokenBody.utf8)).root))
    let created = Self.envelope(#"{"id":"new","status":"active","value":"\#(newSecret)"}"#)
    let (answer, request) = try await run(created) {
      await $0.create(
        account: account, token: NewToken(like: details, name: "n\"2"), credential: Secret(credentialText))
    }
    #expect(request.first == "POST /client/v4/accounts/\(account)/tokens HTTP/1.1")
    let body = try #require(request.last)
    #expect(
      body == #"{"name":"n\"2","expires_on":"2027-01-01T00:00:00Z","policies":"#
        + String(decoding: details.policiesJSON, as: UTF8.self)
        + #","condition":{"request_ip":{"in":["192.0.2.0/24"],"not_in":[]}}}"#)
    let token = try answer.result.get()
    #expect(token.secret.secret.text == newSecret)
    #expect(token.details?.id == "new")
  }

  @Test func theSecretOfACreatedTokenIsKeptThoughNothingElseCanBeRead() async throws {
    let (answer, _) = try await run(Self.envelope(#"{"value":"\#(newSecret)"}"#)) {
      await $0.create(account: account, token: NewToken(name: "n", policiesJSON: []), credential: Secret("c"))
    }
    let token = try answer.result.get()
    #expect(token.secret.secret.text == newSecret)
    #expect(token.details == nil)
  }

  @Test(arguments: [
    ("200 OK", envelope(#"{"id":"x"}"#), Outcome.value), ("200 OK", envelope("null"), .value),
    ("200 OK", #"{"success":false}"#, .unknown), ("404 Not Found", "", .refused),
    ("502 Bad Gateway", "", .unknown),
  ])
  func aTokenIsDeleted(_ status: String, _ body: String, _ outcome: Outcome) async throws {
    let (answer, request) = try await run(body, status: status) {
      await $0.delete(account: account, token: tokenID, credential: Secret(credentialText))
    }
    #expect(answer.outcome == outcome)
    #expect(request.first == "DELETE /client/v4/accounts/\(account)/tokens/\(tokenID) HTTP/1.1")
  }
}
