import JSON

/// The members of a JSON object, read one by one with errors that point at the member.
struct Fields {
  let node: JSONNode
  let pointer: String

  init(_ node: JSONNode, at pointer: String) throws(FieldError) {
    guard node.kind == .object else { throw FieldError(pointer: pointer, problem: "must be an object") }
    self.node = node
    self.pointer = pointer
  }

  /// The member, where there is one that is not null.
  subscript(key: String) -> JSONNode? {
    guard let value = node[key], value.kind != .null else { return nil }
    return value
  }

  func failure(_ key: String, _ problem: String) -> FieldError {
    FieldError(pointer: "\(pointer)/\(key)", problem: problem)
  }

  /// Refuses members with other names than `known`.
  func refuseOthers(than known: Set<String>) throws(FieldError) {
    for member in node.members where !known.contains(member.key) {
      throw failure(member.key, "is unknown here; known are \(known.sorted().joined(separator: ", "))")
    }
  }

  func string(_ key: String) throws(FieldError) -> String? {
    guard let node = self[key] else { return nil }
    guard let string = node.string else { throw failure(key, "must be a string") }
    return string
  }

  func requiredString(_ key: String) throws(FieldError) -> String {
    guard let string = try string(key) else { throw failure(key, "is required") }
    return string
  }

  func instant(_ key: String) throws(FieldError) -> Instant? {
    guard let text = try string(key) else { return nil }
    guard let instant = Instant(rfc3339: text) else {
      throw failure(key, "must be a time as RFC 3339 writes it, such as 2030-01-31T10:20:30Z")
    }
    return instant
  }

  func integer(_ key: String) throws(FieldError) -> Int? {
    guard let node = self[key] else { return nil }
    guard let integer = node.integer else { throw failure(key, "must be an integer") }
    return Int(integer)
  }

  func strings(_ key: String) throws(FieldError) -> [String]? {
    guard let node = self[key] else { return nil }
    guard node.kind == .array else { throw failure(key, "must be an array of strings") }
    var strings: [String] = []
    for element in node.elements {
      guard let string = element.string else { throw failure(key, "must be an array of strings") }
      strings.append(string)
    }
    return strings
  }

  /// The elements of an array of objects, each with a pointer of its own.
  func objects(_ key: String) throws(FieldError) -> [Fields]? {
    guard let node = self[key] else { return nil }
    guard node.kind == .array else { throw failure(key, "must be an array of objects") }
    var objects: [Fields] = []
    for element in node.elements {
      objects.append(try Fields(element, at: "\(pointer)/\(key)/\(objects.count)"))
    }
    return objects
  }
}
