import JSON
import TestSupport
import Testing

@Suite struct SandboxAPITests {
  static let account = String(repeating: "a", count: 32)
  static let other = String(repeating: "b", count: 32)
  static let unknownSecret = String(repeating: "u", count: 40)

  /// Tokens of every kind; their secrets are their names, repeated.
  static let fixture = """
    {"accounts":[{"id":"\(account)","name":"one","tokens":[
    \(token("writer", "Account API Tokens Write")),\(token("reader", "Account API Tokens Read")),
    \(token("plain", "DNS Write")),\(token("disabled", "Account API Tokens Write", #""status":"disabled","#)),
    \(token("expired", "Account API Tokens Write", #""expires_on":"2020-01-01T00:00:00Z","#)),
    \(token("future", "Account API Tokens Write", #""not_before":"2099-01-01T01:00:00+01:00","#)),
    \(token("elsewhere", "Account API Tokens Write", #""condition":{"request_ip":{"in":["192.0.2.0/24"]}},"#)),
    \(token("outside", "Account API Tokens Write", #""condition":{"request_ip":{"not_in":["127.0.0.0/8"]}},"#))
    ]},{"id":"\(other)","tokens":[\(token("stranger", "Account API Tokens Write"))]}]}
    """

  static func token(_ name: String, _ permission: String, _ more: String = "") -> String {
    #"{"id":"\#(name)","name":"\#(name)",\#(more)"secret":"\#(secret(name))","permissions":["\#(permission)"]}"#
  }

  static func secret(_ name: String) -> String { String(repeating: name, count: 40 / name.utf8.count + 1) }

  static func start(_ options: String...) throws -> (sandbox: SandboxUnderTest, directory: TemporaryDirectory)
  {
    let directory = try TemporaryDirectory()
    let path = try directory.write("fixture.json", fixture)
    return (try SandboxUnderTest("--fixture", path), directory)
  }

  struct Refusal: Sendable {
    var method = "GET"
    var path = "/accounts/\(account)/tokens"
    let authorization: String?
    let status: Int
    let codes: [Int64]
  }

  static let refusals: [Refusal] = [
    Refusal(authorization: nil, status: 400, codes: [9106]),
    Refusal(authorization: "Bearer short", status: 400, codes: [6003]),
    Refusal(authorization: "Basic \(secret("writer"))", status: 400, codes: [6003]),
    Refusal(authorization: "Bearer \(secret("writer")) x", status: 400, codes: [6003]),
    Refusal(authorization: "Bearer \(unknownSecret)", status: 401, codes: [10000]),
    Refusal(
      path: "/accounts/\(account)/tokens/verify", authorization: "Bearer \(unknownSecret)", status: 401,
      codes: [1000]),
    Refusal(
      path: "/user/tokens/verify", authorization: "Bearer \(secret("writer"))", status: 401, codes: [1000]),
    Refusal(authorization: "Bearer \(secret("plain"))", status: 403, codes: [9109]),
    Refusal(authorization: "Bearer \(secret("disabled"))", status: 403, codes: [9109]),
    Refusal(authorization: "Bearer \(secret("expired"))", status: 403, codes: [9109]),
    Refusal(authorization: "Bearer \(secret("future"))", status: 403, codes: [9109]),
    Refusal(authorization: "Bearer \(secret("elsewhere"))", status: 403, codes: [9109]),
    Refusal(authorization: "Bearer \(secret("outside"))", status: 403, codes: [9109]),
    Refusal(authorization: "Bearer \(secret("stranger"))", status: 403, codes: [9109]),
    Refusal(
      path: "/accounts/\(account)/tokens/verify", authorization: "Bearer \(secret("stranger"))", status: 401,
      codes: [1000]),
    Refusal(
      path: "/accounts/\(account)/tokens/verify", authorization: "Bearer \(secret("elsewhere"))", status: 403,
      codes: [9109]),
    Refusal(method: "POST", authorization: "Bearer \(secret("reader"))", status: 403, codes: [9109]),
    Refusal(
      method: "PUT", path: "/accounts/\(account)/tokens/plain/value",
      authorization: "Bearer \(secret("reader"))", status: 403, codes: [9109]),
    Refusal(
      method: "DELETE", path: "/accounts/\(account)/tokens/plain",
      authorization: "Bearer \(secret("reader"))", status: 403, codes: [9109]),
    Refusal(
      path: "/accounts/\(account)/tokens/nobody", authorization: "Bearer \(secret("writer"))", status: 404,
      codes: [1003]),
    Refusal(
      path: "/accounts/\(account)/tokens/stranger", authorization: "Bearer \(secret("writer"))", status: 404,
      codes: [1003]),
    Refusal(
      path: "/accounts/\(account)/tokens/\(unknownSecret)", authorization: "Bearer \(secret("writer"))",
      status: 404, codes: [7003, 7000]),
    Refusal(
      path: "/accounts/short/tokens", authorization: "Bearer \(secret("writer"))", status: 404,
      codes: [7003, 7000]),
    Refusal(
      path: "/accounts/\(account)/tokens/plain/values", authorization: "Bearer \(secret("writer"))",
      status: 404, codes: [7003, 7000]),
    Refusal(path: "/zones", authorization: "Bearer \(secret("writer"))", status: 404, codes: [7003, 7000]),
    Refusal(
      method: "POST", path: "/accounts/\(account)/tokens/plain/value",
      authorization: "Bearer \(secret("writer"))", status: 405, codes: [10405]),
    Refusal(
      method: "DELETE", path: "/accounts/\(account)/tokens/verify",
      authorization: "Bearer \(secret("writer"))", status: 405, codes: [10405]),
  ]

  @Test func callsAreRefusedAsTheAPIRefusesThem() throws {
    let (sandbox, directory) = try Self.start()
    try withExtendedLifetime(directory) {
      for refusal in Self.refusals {
        let headers = refusal.authorization.map { ["Authorization: \($0)"] } ?? []
        let reply = try sandbox.send(refusal.method, refusal.path, headers: headers)
        #expect(reply.status == refusal.status, "\(refusal)")
        #expect(try reply.errorCodes() == refusal.codes, "\(refusal)")
        #expect(try reply.json()["success"]?.boolean == false)
        #expect(reply.headers["content-type"] == "application/json")
        #expect(reply.headers["cf-ray"]?.utf8.count == 20)
      }
      let chain = try sandbox.send("GET", "/accounts/\(Self.account)/tokens", bearer: "short")
        .json()["errors"]?.elements.first { _ in true }?["error_chain"]?.elements.map { $0["code"]?.integer }
      #expect(chain == [6111])
    }
  }

  @Test(arguments: [
    ("disabled", "disabled"), ("expired", "expired"), ("plain", "active"), ("future", "active"),
  ])
  func verificationTellsTheStatus(_ name: String, _ status: String) throws {
    let (sandbox, directory) = try Self.start()
    try withExtendedLifetime(directory) {
      let reply = try sandbox.send(
        "GET", "/accounts/\(Self.account)/tokens/verify", bearer: Self.secret(name))
      #expect(reply.status == 200)
      #expect(try reply.result()["status"]?.string == status)
      #expect(try reply.result()["id"]?.string == name)
    }
  }

  @Test func aReaderMayReadOnly() throws {
    let (sandbox, directory) = try Self.start()
    try withExtendedLifetime(directory) {
      for path in ["", "/plain", "/permission_groups", "/verify"] {
        let reply = try sandbox.send(
          "GET", "/accounts/\(Self.account)/tokens\(path)", bearer: Self.secret("reader"))
        #expect(reply.status == 200, "\(path)")
      }
    }
  }

  @Test func aRollReplacesTheSecretAndNothingElse() throws {
    let (sandbox, directory) = try Self.start()
    try withExtendedLifetime(directory) {
      let path = "/accounts/\(Self.account)/tokens/plain"
      let before = try sandbox.send("GET", path, bearer: Self.secret("writer")).result()
      let secret = try #require(
        try sandbox.send("PUT", path + "/value", bearer: Self.secret("writer"), body: "{}").result().string)
      #expect(secret.wholeMatch(of: /cfat_[A-Za-z0-9_-]{40}[0-9a-f]{8}/) != nil)
      let verify = "/accounts/\(Self.account)/tokens/verify"
      #expect(try sandbox.send("GET", verify, bearer: Self.secret("plain")).status == 401)
      #expect(try sandbox.send("GET", verify, bearer: secret).result()["id"]?.string == "plain")
      let after = try sandbox.send("GET", path, bearer: Self.secret("writer")).result()
      for member in ["id", "name", "status", "issued_on"] {
        #expect(before[member]?.string == after[member]?.string)
      }
      let moved = try (#require(before["modified_on"]?.string), #require(after["modified_on"]?.string))
      #expect(moved.0 < moved.1)
      #expect(before["last_used_on"] == nil)
      #expect(after["last_used_on"]?.string != nil)
      for body in ["nonsense", "[]"] {
        #expect(
          try sandbox.send("PUT", path + "/value", bearer: Self.secret("writer"), body: body).status == 400)
      }
      #expect(try sandbox.send("GET", verify, bearer: secret).status == 200)
    }
  }

  @Test func aCredentialThatRollsItselfIsRefusedWithItsOldSecret() throws {
    let sandbox = try SandboxUnderTest()
    let credential = try sandbox.token("credential")
    let secret = try #require(try sandbox.roll(credential, as: credential).result().string)
    #expect(try sandbox.roll(credential, as: credential).status == 401)
    #expect(try sandbox.token("credential").secret == secret)
  }

  @Test func theListHasPages() throws {
    let sandbox = try SandboxUnderTest("--tokens", "11")
    let credential = try sandbox.token("credential")
    func page(_ query: String) throws -> (names: [String?], info: [Int64?]) {
      let json = try sandbox.send(
        "GET", "/accounts/\(credential.account)/tokens?\(query)", bearer: credential.secret
      ).json()
      return (
        json["result"]?.elements.map { $0["name"]?.string } ?? [],
        ["page", "per_page", "count", "total_count"].map { json["result_info"]?[$0]?.integer }
      )
    }
    #expect(try page("per_page=5").names == ["credential", "token-1", "token-2", "token-3", "token-4"])
    #expect(try page("per_page=5&page=3").names == ["token-10", "token-11"])
    #expect(try page("per_page=5&page=3").info == [3, 5, 2, 12])
    #expect(try page("per_page=5&page=9223372036854775807").names == [])
    #expect(try page("direction=desc&per_page=5").names.first == "token-11")
    #expect(try page("per_page=1000").info == [1, 50, 12, 12])
    try sandbox.administer("POST", "/tokens/\(credential.id)", #"{"expires_on":"2099-01-01T00:00:00Z"}"#)
    let second = try sandbox.token("token-2")
    try sandbox.administer("POST", "/tokens/\(second.id)", #"{"expires_on":"2020-01-01T00:00:00Z"}"#)
    #expect(try page("").info == [1, 20, 11, 11])
    #expect(try page("include_expired=true").info == [1, 20, 12, 12])
  }

  @Test func aBodyThatCannotBeIsRefusedWithAPointer() throws {
    let (sandbox, directory) = try Self.start()
    let policy =
      #"{"effect":"allow","permission_groups":[{"id":"4755a26eedb94da69e1066d98aa820be"}],"resources":{"r":"*"}}"#
    try withExtendedLifetime(directory) {
      for (body, code, pointer) in [
        ("{", 6007, nil), ("[]", 1001, ""), (#"{"policies":[\#(policy)]}"#, 1001, "/name"),
        (#"{"name":"x"}"#, 1001, "/policies"), (#"{"name":"x","policies":[]}"#, 1001, "/policies"),
        (#"{"name":"x","policies":[{"effect":"maybe"}]}"#, 1001, "/policies/0/effect"),
        (
          #"{"name":"x","policies":[{"effect":"allow","permission_groups":[{"id":"y"}]}]}"#, 1001,
          "/policies/0/permission_groups/0/id"
        ),
        (#"{"name":"x","policies":[\#(policy)],"expires_on":"soon"}"#, 1001, "/expires_on"),
        (
          #"{"name":"x","policies":[\#(policy)],"condition":{"request_ip":{"in":["1.2.3.4/33"]}}}"#, 1001,
          "/condition/request_ip/in/0"
        ),
        (#"{"name":"\#(String(repeating: "n", count: 121))","policies":[\#(policy)]}"#, 1001, "/name"),
      ] as [(String, Int64, String?)] {
        for (method, path) in [("POST", ""), ("PUT", "/plain")] {
          let reply = try sandbox.send(
            method, "/accounts/\(Self.account)/tokens\(path)", bearer: Self.secret("writer"), body: body)
          #expect(reply.status == 400, "\(body)")
          let error = try reply.json()["errors"]?.elements.first { _ in true }
          #expect(error?["code"]?.integer == code, "\(body)")
          #expect(error?["source"]?["pointer"]?.string == pointer, "\(body)")
        }
      }
      #expect(try sandbox.tokens().count == 9)
    }
  }

  @Test func pastTheRateLimitEveryCallIsBlocked() throws {
    let sandbox = try SandboxUnderTest("--rate-limit", "3/600")
    let (token, other) = (try sandbox.token("token-1"), try sandbox.token("token-2"))
    for left in [2, 1, 0] {
      let reply = try sandbox.verify(token)
      #expect(reply.status == 200)
      #expect(reply.headers["ratelimit"]?.hasPrefix("\"default\";r=\(left);t=") == true)
      #expect(reply.headers["ratelimit-policy"] == "\"default\";q=3;w=600")
      #expect(reply.headers["retry-after"] == nil)
    }
    for _ in 0..<2 {
      let reply = try sandbox.verify(token)
      #expect(reply.status == 429)
      #expect(try reply.errorCodes() == [10429])
      let seconds = try #require(reply.headers["retry-after"].flatMap { Int($0) })
      #expect(590...600 ~= seconds)
    }
    #expect(try sandbox.verify(other).status == 200)
    let usual = try SandboxUnderTest("--rate-limit")
    #expect(
      try usual.verify(try usual.token("token-1")).headers["ratelimit-policy"] == "\"default\";q=1200;w=300")
  }
}
