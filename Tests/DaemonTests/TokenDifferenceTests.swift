import CloudflareAPI
import Core
import Testing

@testable import Daemon

/// In what the two tokens of a pair differ.
@Suite struct TokenDifferenceTests {
  private static let end = Timestamp(seconds: 2_000_000_000)

  private static func token(_ change: (inout TokenDetails) -> Void = { _ in }) -> TokenDetails {
    var details = TokenDetails(
      id: "a", status: .active, expiresOn: end,
      policies: [
        TokenPolicy(permissionGroups: ["DNS Write", "Zone Read"], resources: ["zone.a", "zone.b"]),
        TokenPolicy(isAllowing: false, permissionGroups: ["Zone Read"], resources: ["zone.c"]),
      ],
      conditionJSON: Array("{}".utf8))
    change(&details)
    return details
  }

  @Test func whatConsumersDoNotNoticeIsNoDifference() {
    let other = Self.token {
      $0.id = "b"
      $0.name = "another name"
      $0.issuedOn = Self.end
      $0.lastUsedOn = Self.end
      $0.expiresOn = Self.end + .hours(23)
      // Neither the identifiers of policies nor the order of anything, so the text that the API gives is another.
      $0.policiesJSON = Array("[1]".utf8)
      $0.policies = [
        TokenPolicy(isAllowing: false, permissionGroups: ["Zone Read"], resources: ["zone.c"]),
        TokenPolicy(permissionGroups: ["Zone Read", "DNS Write"], resources: ["zone.b", "zone.a"]),
      ]
    }
    #expect(TokenDifference.between(Self.token(), other) == [])
  }

  @Test func everyDifferenceIsNamed() {
    let status = Self.token { $0.status = .disabled }
    #expect(TokenDifference.between(Self.token(), status) == ["status active, disabled"])
    let groups = Self.token { $0.policies = [TokenPolicy(permissionGroups: ["DNS Read"])] }
    #expect(
      TokenDifference.between(Self.token(), groups) == ["policies (DNS Write + Zone Read), (DNS Read)"])
    let resources = Self.token {
      $0.policies[0] = TokenPolicy(permissionGroups: ["DNS Write", "Zone Read"], resources: ["zone.a"])
    }
    #expect(TokenDifference.between(Self.token(), resources) == ["policies"])
    let effect = Self.token {
      $0.policies[1] = TokenPolicy(permissionGroups: ["Zone Read"], resources: ["zone.c"])
    }
    #expect(TokenDifference.between(Self.token(), effect) == ["policies"])
    let condition = Self.token { $0.conditionJSON = nil }
    #expect(TokenDifference.between(Self.token(), condition) == ["condition"])
    let expiry = Self.token { $0.expiresOn = Self.end + .days(2) }
    #expect(
      TokenDifference.between(Self.token(), expiry) == [
        "expires_on 2033-05-18T03:33:20Z, 2033-05-20T03:33:20Z"
      ])
    let start = Self.token { $0.notBefore = Self.end }
    #expect(TokenDifference.between(Self.token(), start) == ["not_before none, 2033-05-18T03:33:20Z"])
  }
}
