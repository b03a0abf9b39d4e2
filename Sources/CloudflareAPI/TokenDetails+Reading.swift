internal import JSON

extension TokenDetails {
  /// The token in `node`; nil where it has no `id`.
  init?(_ node: JSONNode) {
    guard let id = node[TokenMember.id]?.string else { return nil }
    let policies = node[TokenMember.policies]
    self.init(
      id: printable(id), name: node[TokenMember.name]?.string ?? "",
      status: TokenStatus(node[TokenMember.status]?.string.map { printable($0) } ?? "unknown"),
      issuedOn: node[TokenMember.issuedOn]?.timestamp, modifiedOn: node[TokenMember.modifiedOn]?.timestamp,
      lastUsedOn: node[TokenMember.lastUsedOn]?.timestamp, expiresOn: node[TokenMember.expiresOn]?.timestamp,
      notBefore: node[TokenMember.notBefore]?.timestamp,
      policies: policies?.elements.map { TokenPolicy($0) } ?? [],
      conditionJSON: node[TokenMember.condition]?.text())
    if let policies { policiesJSON = Self.writable(policies) }
  }

  /// The policies without what the API's description marks `readOnly`: a policy's `id`, a permission group's `name`.
  private static func writable(_ policies: JSONNode) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginArray()
    for policy in policies.elements {
      guard policy.kind == .object else { continue }
      writer.beginObject()
      for member in policy.members where !member.hasKey("id") {
        writer.key(member.key)
        guard member.hasKey(PolicyMember.permissionGroups.rawValue), member.value.kind == .array else {
          writer.copy(member.value)
          continue
        }
        writer.beginArray()
        for group in member.value.elements { writer.copy(group, except: PermissionGroupMember.name.rawValue) }
        writer.endArray()
      }
      writer.endObject()
    }
    writer.endArray()
    return writer.bytes
  }
}

extension TokenPolicy {
  fileprivate init(_ node: JSONNode) {
    let groups = node[PolicyMember.permissionGroups]
    let names = groups?.elements.compactMap { $0[PermissionGroupMember.name]?.string }
    let resources = node[PolicyMember.resources]?.members.flatMap { member in
      member.value.kind == .object ? member.value.members.map(\.key) : [member.key]
    }
    self.init(
      isAllowing: node[PolicyMember.effect]?.string != "deny", permissionGroups: names ?? [],
      resources: resources ?? [],
      groups: groups?.elements.compactMap { $0[PermissionGroupMember.id]?.string },
      places: node[PolicyMember.resources]?.members.flatMap { member in
        member.value.kind == .object
          ? member.value.members.map { "\(member.key)/\($0.key)=\($0.value.string ?? "")" }
          : ["\(member.key)=\(member.value.string ?? "")"]
      })
  }
}

extension JSONNode {
  /// The value as a JSON text of its own.
  fileprivate func text() -> [UInt8] {
    var writer = JSONWriter()
    writer.copy(self)
    return writer.bytes
  }
}

extension JSONWriter {
  /// Writes the value of `node`, of an object all members but `key`.
  fileprivate mutating func copy(_ node: JSONNode, except key: String? = nil) {
    switch node.kind {
    case .object:
      beginObject()
      for member in node.members where key.map({ !member.hasKey($0) }) ?? true {
        self.key(member.key)
        copy(member.value)
      }
      endObject()
    case .array:
      beginArray()
      for element in node.elements { copy(element) }
      endArray()
    case .string: value(node.string ?? "")
    case .number:
      if let integer = node.integer { value(integer) } else { value(node.double ?? 0) }
    case .boolean: value(node.boolean ?? false)
    case .null: null()
    }
  }
}
