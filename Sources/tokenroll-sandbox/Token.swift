import JSON

/// An account-owned API token.
struct Token: Sendable {
  /// What a token is at an instant.
  enum Status: String, Sendable {
    case active, disabled, expired
  }

  /// What a request body sets of a token.
  struct Body: Sendable {
    var name: String
    var policies: [Policy]
    var condition: Condition?
    var expiresOn: Instant?
    var notBefore: Instant?
  }

  let id: String
  var body: Body
  var isDisabled = false
  var secret: String
  let issuedOn: Instant
  var modifiedOn: Instant
  var lastUsedOn: Instant?
  /// How often it has been rolled.
  var rolls = 0

  func status(at now: Instant) -> Status {
    if let end = body.expiresOn, end <= now { return .expired }
    return isDisabled ? .disabled : .active
  }

  /// True where the API accepts the secret at `now`.
  func isInForce(at now: Instant) -> Bool {
    guard status(at: now) == .active else { return false }
    guard let start = body.notBefore else { return true }
    return start <= now
  }

  /// True where a policy allows the permission group `name`, and none denies it.
  func isAllowed(_ name: String) -> Bool {
    let matching = body.policies.filter { policy in policy.groups.contains { $0.name == name } }
    return !matching.isEmpty && matching.allSatisfy(\.isAllowing)
  }
}

// MARK: - JSON

extension Token {
  /// What else is written beside what the API shows of every token.
  enum Extras {
    case none
    /// The secret, as the answer to a creation has it.
    case value
    /// The secret and the number of rolls, as the state and the administration have them.
    case all
  }

  func write(_ extras: Extras, at now: Instant, to writer: inout JSONWriter) {
    writer.beginObject()
    writeMembers(extras, at: now, to: &writer)
    writer.endObject()
  }

  func writeMembers(_ extras: Extras, at now: Instant, to writer: inout JSONWriter) {
    writer.member("id", id)
    writer.member("name", body.name)
    writer.member("status", status(at: now).rawValue)
    writer.member("issued_on", issuedOn.description)
    writer.member("modified_on", modifiedOn.description)
    writer.member("last_used_on", optional: lastUsedOn)
    writer.member("expires_on", optional: body.expiresOn)
    writer.member("not_before", optional: body.notBefore)
    writer.key("policies")
    writer.beginArray()
    for policy in body.policies { policy.write(to: &writer) }
    writer.endArray()
    if let condition = body.condition {
      writer.key("condition")
      condition.write(to: &writer)
    }
    switch extras {
    case .none: break
    case .value: writer.member("value", secret)
    case .all:
      writer.member("secret", secret)
      writer.member("rolls", rolls)
    }
  }

  private static let fixtureMembers: Set<String> = [
    "id", "name", "status", "issued_on", "modified_on", "last_used_on", "expires_on", "not_before",
    "policies",
    "permissions", "condition", "secret", "rolls",
  ]

  /// Reads a token of a fixture or a state: what is not given is made up.
  init(fixture fields: Fields, in account: String, at now: Instant) throws(FieldError) {
    try fields.refuseOthers(than: Self.fixtureMembers)
    id = try fields.string("id") ?? Randomness.identifier()
    guard 1...32 ~= id.utf8.count else { throw fields.failure("id", "must have 1 to 32 characters") }
    secret = try fields.string("secret") ?? Randomness.secret()
    guard Bearer.isWellFormed(secret) else {
      throw fields.failure("secret", "must have 40 to 80 characters, each a letter, a digit, \"_\" or \"-\"")
    }
    let policies: [Policy]
    if let names = try fields.strings("permissions") {
      policies = [Policy(allowing: try Self.groups(names, of: fields), in: account)]
    } else {
      policies = try Body.policies(of: fields)
    }
    body = try Body(fields, policies: policies)
    issuedOn = try fields.instant("issued_on") ?? now
    modifiedOn = try fields.instant("modified_on") ?? issuedOn
    lastUsedOn = try fields.instant("last_used_on")
    rolls = try fields.integer("rolls") ?? 0
    isDisabled = try Self.isDisabled(fields) ?? false
  }

  private static func groups(_ names: [String], of fields: Fields) throws(FieldError) -> [PermissionGroup] {
    var groups: [PermissionGroup] = []
    for name in names {
      guard let group = PermissionGroup.named(name) else {
        let known = PermissionGroup.catalogue.map(\.name).joined(separator: ", ")
        throw fields.failure("permissions/\(groups.count)", "is not one of: \(known)")
      }
      groups.append(group)
    }
    guard !groups.isEmpty else { throw fields.failure("permissions", "must name a permission group") }
    return groups
  }

  /// Whether a `status` disables; nil where there is none. `expired` comes from `expires_on` alone.
  static func isDisabled(_ fields: Fields) throws(FieldError) -> Bool? {
    guard let text = try fields.string("status") else { return nil }
    guard let status = Status(rawValue: text) else {
      throw fields.failure("status", "must be \"active\", \"disabled\" or \"expired\"")
    }
    return status == .disabled
  }
}

extension Token.Body {
  init(_ fields: Fields, policies: [Policy]) throws(FieldError) {
    name = try fields.requiredString("name")
    guard 1...120 ~= name.unicodeScalars.count else {
      throw fields.failure("name", "must have 1 to 120 characters")
    }
    self.policies = policies
    if let node = fields["condition"] {
      condition = try Condition(Fields(node, at: "\(fields.pointer)/condition"))
    }
    expiresOn = try fields.instant("expires_on")
    notBefore = try fields.instant("not_before")
  }

  /// Reads the body of a creation or an update.
  init(_ fields: Fields) throws(FieldError) {
    try self.init(fields, policies: Self.policies(of: fields))
  }

  static func policies(of fields: Fields) throws(FieldError) -> [Policy] {
    guard let objects = try fields.objects("policies") else {
      throw fields.failure("policies", "is required")
    }
    var policies: [Policy] = []
    for object in objects { policies.append(try Policy(object)) }
    guard !policies.isEmpty else { throw fields.failure("policies", "must have a policy") }
    return policies
  }
}
