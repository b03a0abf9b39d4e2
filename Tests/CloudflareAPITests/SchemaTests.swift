import Glibc
import JSON
import Testing

@testable import CloudflareAPI

/// The description of the API, read once.
enum Description {
  static let text: [UInt8]? = {
    guard let file = fopen("../shared/openapi-account-tokens.json", "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
    return bytes
  }()
}

/// The model held against the API's own description, where that lies beside the repository.
@Suite(
  .enabled(if: Description.text != nil, "../shared/openapi-account-tokens.json is not beside the repository"))
struct SchemaTests {
  private let root: JSONNode

  init() throws { root = try JSONDocument(parsing: try #require(Description.text)).root }

  private func schema(_ name: String) throws -> JSONNode {
    try resolve(try #require(root["components"]?["schemas"]?[name], "no schema \(name)"))
  }

  private func resolve(_ node: JSONNode) throws -> JSONNode {
    guard let reference = node["$ref"]?.string else { return node }
    return try schema(String(try #require(reference.split(separator: "/").last)))
  }

  private func expect<Member: APIMember>(_: Member.Type, in schema: JSONNode) throws {
    for member in Member.allCases {
      let property = try resolve(
        try #require(schema["properties"]?[member.rawValue], "no member \(member.rawValue)"))
      // What has several forms has the same type in each.
      let forms = try property["anyOf"]?.elements.map { try resolve($0) } ?? [property]
      let types = Set(forms.map { $0["type"]?.string ?? "" })
      let expected: Set<String> =
        switch member.kind {
        case .string: ["string"]
        case .number: ["number", "integer"]
        case .boolean: ["boolean"]
        case .array: ["array"]
        case .object: ["object"]
        case .null: []
        }
      #expect(types.isSubset(of: expected), "\(member.rawValue) is \(types)")
    }
  }

  private func property(_ schema: JSONNode, _ name: String) throws -> JSONNode {
    try resolve(try #require(schema["properties"]?[name]))
  }

  @Test(arguments: [
    "iam_response_single_value", "iam_single_token_response", "iam_collection_tokens_response",
    "iam_single_token_create_response", "iam_token_verify_response_single_segment",
    "iam_api-response-single-id",
    "iam_api-response-common-failure",
  ])
  func everyAnswerHasTheEnvelope(_ name: String) throws {
    try expect(EnvelopeMember.self, in: try schema(name))
  }

  @Test func whatIsReadIsThere() throws {
    try expect(ErrorMember.self, in: try resolve(try #require(try schema("iam_messages-2")["items"])))
    let verification = try property(try schema("iam_token_verify_response_single_segment"), "result")
    try expect(VerificationMember.self, in: verification)
    try expect(TokenMember.self, in: try schema("iam_token_base"))
    try expect(TokenMember.self, in: try schema("iam_token_with_value"))
    try expect(CreatedTokenMember.self, in: try schema("iam_token_with_value"))
    try expect(PolicyMember.self, in: try schema("iam_policy_with_permission_groups_and_resources"))
    try expect(PermissionGroupMember.self, in: try schema("iam_permission_group"))
    try expect(ResultInfoMember.self, in: try schema("iam_result_info"))
  }

  @Test func theSecretIsTheResultOfARoll() throws {
    let result = try property(try schema("iam_response_single_value"), "result")
    #expect(result["type"]?.string == "string")
    #expect(result["minLength"]?.integer == 40)
    #expect(result["maxLength"]?.integer == 80)
  }

  @Test func theStatusesAreTheKnownOnes() throws {
    let names = try #require(try schema("iam_token_status")["enum"]).elements.compactMap(\.string)
    #expect(Set(names.map { TokenStatus($0) }) == [.active, .disabled, .expired])
  }

  @Test(arguments: [
    ("/accounts/{account_id}/tokens", ["get", "post"]),
    ("/accounts/{account_id}/tokens/{token_id}", ["get", "delete"]),
    ("/accounts/{account_id}/tokens/{token_id}/value", ["put"]),
    ("/accounts/{account_id}/tokens/verify", ["get"]),
  ])
  func theCallsExist(_ path: String, _ methods: [String]) throws {
    for method in methods { #expect(root["paths"]?[path]?[method] != nil, "\(method) \(path)") }
  }

  @Test func whatIsLeftOutOfPoliciesIsReadOnly() throws {
    let policy = try schema("iam_policy_with_permission_groups_and_resources")
    #expect(try property(policy, "id")["readOnly"]?.boolean == true)
    let group = try schema("iam_permission_group")
    #expect(try property(group, "name")["readOnly"]?.boolean == true)
  }
}
