import JSON
import Testing

/// Holds the sandbox against the description of the API, where that lies beside the repository.
@Suite struct SandboxConformanceTests {
  static let validator = try? SchemaValidator.ofAccountTokens()

  @Test(
    .enabled(if: Self.validator != nil, "shared/openapi-account-tokens.json is not beside the repository"))
  func everyCallAnswersAsTheDescriptionSays() throws {
    let validator = try #require(Self.validator)
    let sandbox = try SandboxUnderTest(tls: true)
    let credential = try sandbox.token("credential")
    let path = "/accounts/\(credential.account)/tokens"
    func check(_ method: String, _ path: String, _ schema: String, body: String? = nil) throws -> JSONNode {
      let reply = try sandbox.send(method, path, bearer: credential.secret, body: body)
      #expect(reply.status == 200, "\(method) \(path): \(reply.text)")
      #expect(validator.problems(of: try reply.json(), schema: schema) == [], "\(method) \(path)")
      return try reply.result()
    }
    let groups = try check("GET", path + "/permission_groups", "iam_permissions_group_response_collection")
    let group = try #require(groups.elements.first { $0["name"]?.string == "DNS Write" }?["id"]?.string)
    let body = Self.body(account: credential.account, group: group)
    let created = try check("POST", path, "iam_single_token_create_response", body: body)
    let id = try #require(created["id"]?.string)
    #expect(created["value"]?.string?.utf8.count == 53)
    for query in ["", "?per_page=5&page=1&direction=desc&include_expired=true"] {
      #expect(
        try check("GET", path + query, "iam_collection_tokens_response").elements.contains {
          $0["id"]?.string == id
        })
    }
    let got = try check("GET", "\(path)/\(id)", "iam_single_token_response")
    for member in ["condition", "policies", "expires_on", "not_before", "issued_on", "modified_on"] {
      #expect(got[member] != nil, "\(member)")
    }
    #expect(got["value"] == nil)
    _ = try check("PUT", "\(path)/\(id)", "iam_single_token_response", body: body)
    _ = try check("PUT", "\(path)/\(id)/value", "iam_response_single_value", body: "{}")
    _ = try check("PUT", "\(path)/\(id)/value", "iam_response_single_value")
    _ = try check("GET", path + "/verify", "iam_token_verify_response_single_segment")
    _ = try check("DELETE", "\(path)/\(id)", "iam_api-response-single-id")
  }

  static func body(account: String, group: String) -> String {
    """
    {"name":"a token","expires_on":"2099-01-01T00:00:00Z","not_before":"2018-07-01T05:20:00Z",
    "condition":{"request_ip":{"in":["127.0.0.0/8","2400:cb00::/32"],"not_in":["127.0.0.100/30"]}},
    "policies":[{"effect":"allow","permission_groups":[{"id":"\(group)"}],"resources":{
    "com.cloudflare.api.account.\(account)":{"com.cloudflare.api.account.zone.*":"*"}}},
    {"effect":"deny","permission_groups":[{"id":"\(group)","name":"DNS Write","meta":{"key":"a","value":"b"}}],
    "resources":{"com.cloudflare.api.account.\(account)":"*"}}]}
    """
  }

  @Test(
    .enabled(if: Self.validator != nil, "shared/openapi-account-tokens.json is not beside the repository"))
  func everyRefusalIsAFailureOfTheDescription() throws {
    let validator = try #require(Self.validator)
    let sandbox = try SandboxUnderTest()
    let token = try sandbox.token("token-1")
    let path = "/accounts/\(token.account)/tokens"
    let unknown = String(repeating: "x", count: 40)
    for (method, path, bearer) in [
      ("GET", path, nil), ("GET", path, "malformed"), ("GET", path, unknown), ("GET", path, token.secret),
      ("GET", path + "/verify", unknown), ("PATCH", path, token.secret),
      ("GET", "/accounts/short/tokens", unknown),
      ("GET", "/nothing", unknown),
    ] {
      let reply = try sandbox.send(method, path, bearer: bearer)
      #expect(400..<500 ~= reply.status, "\(method) \(path)")
      #expect(
        validator.problems(of: try reply.json(), schema: "iam_api-response-common-failure") == [],
        "\(method) \(path)")
      #expect(try reply.json()["result"]?.kind == .null)
    }
  }

  @Test(
    .enabled(if: Self.validator != nil, "shared/openapi-account-tokens.json is not beside the repository"))
  func theValidatorSeesWhatIsWrong() throws {
    let validator = try #require(Self.validator)
    for (text, problem) in [
      (#"{"success":true,"errors":[],"result":null}"#, "/messages: is missing"),
      (
        #"{"success":false,"errors":[],"messages":[],"result":"\#(String(repeating: "x", count: 40))"}"#,
        "/success: is none of the enumeration"
      ),
      (
        #"{"success":true,"errors":[],"messages":[],"result":"short"}"#,
        "/result: 5 characters, fewer than 40"
      ),
      (
        #"{"success":true,"errors":[{"code":5,"message":"x"}],"messages":[]}"#,
        "/errors/0/code: 5.0 is less than 1000.0"
      ),
      (#"{"success":true,"errors":{},"messages":[]}"#, "/errors: is no array"),
    ] {
      let node = try JSONDocument(parsing: Array(text.utf8)).root
      #expect(validator.problems(of: node, schema: "iam_response_single_value").contains(problem), "\(text)")
    }
  }
}
