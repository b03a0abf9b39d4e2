import JSON

/// What a token may do with which resources.
struct Policy: Sendable {
  /// What a policy says of a resource: one word, or a word for each resource in it.
  enum Scope: Sendable {
    case word(String)
    case nested([(name: String, word: String)])
  }

  var id: String
  var isAllowing: Bool
  var groups: [PermissionGroup]
  var resources: [(name: String, scope: Scope)]

  /// A policy that allows `groups` everywhere in the account.
  init(allowing groups: [PermissionGroup], in account: String) {
    id = Randomness.identifier()
    isAllowing = true
    self.groups = groups
    resources = [("com.cloudflare.api.account.\(account)", .word("*"))]
  }
}

// MARK: - JSON

extension Policy {
  /// Reads a policy as the API takes it: `effect`, `permission_groups` with at least their `id`, `resources`.
  init(_ fields: Fields) throws(FieldError) {
    id = try fields.string("id") ?? Randomness.identifier()
    switch try fields.requiredString("effect") {
    case "allow": isAllowing = true
    case "deny": isAllowing = false
    default: throw fields.failure("effect", "must be \"allow\" or \"deny\"")
    }
    groups = []
    for group in try fields.objects("permission_groups") ?? [] {
      guard let known = PermissionGroup.identified(try group.requiredString("id")) else {
        throw group.failure("id", "is not the identifier of a permission group")
      }
      groups.append(known)
    }
    guard !groups.isEmpty else { throw fields.failure("permission_groups", "must name a permission group") }
    guard let node = fields["resources"], node.kind == .object else {
      throw fields.failure("resources", "must be an object")
    }
    resources = []
    for member in node.members {
      resources.append((member.key, try Self.scope(member.value, of: member.key, in: fields)))
    }
    guard !resources.isEmpty else { throw fields.failure("resources", "must name a resource") }
  }

  private static func scope(_ node: JSONNode, of name: String, in fields: Fields) throws(FieldError) -> Scope
  {
    if let word = node.string { return .word(word) }
    var nested: [(name: String, word: String)] = []
    for member in node.members {
      guard let word = member.value.string else {
        throw fields.failure("resources/\(name)/\(member.key)", "must be a string")
      }
      nested.append((member.key, word))
    }
    guard node.kind == .object else {
      throw fields.failure("resources/\(name)", "must be a string or an object of strings")
    }
    return .nested(nested)
  }

  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("id", id)
    writer.member("effect", isAllowing ? "allow" : "deny")
    writer.key("permission_groups")
    writer.beginArray()
    for group in groups {
      writer.beginObject()
      writer.member("id", group.id)
      writer.member("name", group.name)
      writer.endObject()
    }
    writer.endArray()
    writer.key("resources")
    writer.beginObject()
    for resource in resources {
      writer.key(resource.name)
      switch resource.scope {
      case .word(let word): writer.value(word)
      case .nested(let members):
        writer.beginObject()
        for member in members { writer.member(member.name, member.word) }
        writer.endObject()
      }
    }
    writer.endObject()
    writer.endObject()
  }
}
