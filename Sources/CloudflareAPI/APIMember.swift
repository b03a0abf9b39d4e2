internal import JSON

/// A member of an object of the API that is read here, with the kind of its value.
///
/// All that is read is listed in these enumerations, so that the model can be held against the API's own description.
protocol APIMember: RawRepresentable<String>, CaseIterable, Sendable {
  /// What the value is where it is not null.
  var kind: JSONNode.Kind { get }
}

extension JSONNode {
  /// The value of `member`; nil where it is absent, null or of another kind.
  subscript(_ member: some APIMember) -> JSONNode? {
    guard let node = self[member.rawValue], node.kind == member.kind else { return nil }
    return node
  }
}

/// What is read of every answer.
enum EnvelopeMember: String, APIMember {
  case success, errors

  var kind: JSONNode.Kind { self == .success ? .boolean : .array }
}

/// What is read of an element of `errors`.
enum ErrorMember: String, APIMember {
  case code, message

  var kind: JSONNode.Kind { self == .code ? .number : .string }
}

/// What is read of the `result` of a verification.
enum VerificationMember: String, APIMember {
  case id, status
  case expiresOn = "expires_on"
  case notBefore = "not_before"

  var kind: JSONNode.Kind { .string }
}

/// What is read of a token.
enum TokenMember: String, APIMember {
  case id, name, status, policies, condition
  case issuedOn = "issued_on"
  case modifiedOn = "modified_on"
  case lastUsedOn = "last_used_on"
  case expiresOn = "expires_on"
  case notBefore = "not_before"

  var kind: JSONNode.Kind {
    switch self {
    case .policies: .array
    case .condition: .object
    default: .string
    }
  }
}

/// What is read of a token that was created, beside what every token has.
enum CreatedTokenMember: String, APIMember {
  case value

  var kind: JSONNode.Kind { .string }
}

/// What is read of a policy.
enum PolicyMember: String, APIMember {
  case effect, resources
  case permissionGroups = "permission_groups"

  var kind: JSONNode.Kind {
    switch self {
    case .effect: .string
    case .resources: .object
    case .permissionGroups: .array
    }
  }
}

/// What is read of a permission group.
enum PermissionGroupMember: String, APIMember {
  case id, name

  var kind: JSONNode.Kind { .string }
}

/// What is read of `result_info`.
enum ResultInfoMember: String, APIMember {
  case page
  case totalCount = "total_count"

  var kind: JSONNode.Kind { .number }
}
