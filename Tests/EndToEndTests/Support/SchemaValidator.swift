import JSON
import TestSupport

/// Holds JSON values against the schemas of an OpenAPI 3.0 document.
struct SchemaValidator {
  let document: JSONNode

  /// The description of the API that lies beside the repository; nil where there is none.
  static func ofAccountTokens(file: String = #filePath) throws -> SchemaValidator? {
    var directory = file[...]
    for _ in 0..<6 {
      guard let slash = directory.lastIndex(of: "/") else { return nil }
      directory = directory[..<slash]
      if let text = try? contents(of: "\(directory)/shared/openapi-account-tokens.json") {
        return SchemaValidator(document: try JSONDocument(parsing: text).root)
      }
    }
    return nil
  }

  /// What is wrong with `value`, each with the place in it; nothing where it is as the schema says.
  func problems(of value: JSONNode, schema name: String) -> [String] {
    guard let schema = resolve("#/components/schemas/\(name)") else { return ["there is no schema \(name)"] }
    return problems(of: value, schema, at: "")
  }

  private func resolve(_ reference: String) -> JSONNode? {
    reference.split(separator: "/").dropFirst().reduce(Optional(document)) { node, key in node?[String(key)] }
  }

  private func problems(of value: JSONNode, _ schema: JSONNode, at place: String) -> [String] {
    if value.kind == .null, schema["nullable"]?.boolean == true { return [] }
    var found: [String] = []
    // The document has keywords beside $ref, and means both.
    if let reference = schema["$ref"]?.string {
      guard let target = resolve(reference) else { return ["\(place): nothing is at \(reference)"] }
      found += problems(of: value, target, at: place)
    }
    if let alternatives = schema["anyOf"] {
      let isAny = alternatives.elements.contains { problems(of: value, $0, at: place).isEmpty }
      if !isAny { found.append("\(place): fits none of anyOf") }
    }
    if let type = schema["type"]?.string, !fits(value, type) { return found + ["\(place): is no \(type)"] }
    if let allowed = schema["enum"], !allowed.elements.contains(where: { isEqual($0, value) }) {
      found.append("\(place): is none of the enumeration")
    }
    found += stringProblems(value, schema, at: place)
    if let least = schema["minimum"]?.double, let number = value.double, number < least {
      found.append("\(place): \(number) is less than \(least)")
    }
    if let most = schema["maximum"]?.double, let number = value.double, number > most {
      found.append("\(place): \(number) is more than \(most)")
    }
    if let items = schema["items"] {
      for (index, element) in value.elements.enumerated() {
        found += problems(of: element, items, at: "\(place)/\(index)")
      }
    }
    return found + memberProblems(value, schema, at: place)
  }

  private func memberProblems(_ value: JSONNode, _ schema: JSONNode, at place: String) -> [String] {
    guard value.kind == .object else { return [] }
    var found: [String] = []
    for name in schema["required"]?.elements.compactMap(\.string) ?? [] where value[name] == nil {
      found.append("\(place)/\(name): is missing")
    }
    for member in value.members {
      if let property = schema["properties"]?[member.key] ?? schema["additionalProperties"] {
        found += problems(of: member.value, property, at: "\(place)/\(member.key)")
      }
    }
    return found
  }

  private func stringProblems(_ value: JSONNode, _ schema: JSONNode, at place: String) -> [String] {
    guard let string = value.string else { return [] }
    var found: [String] = []
    let length = string.unicodeScalars.count
    if let least = schema["minLength"]?.integer, length < least {
      found.append("\(place): \(length) characters, fewer than \(least)")
    }
    if let most = schema["maxLength"]?.integer, length > most {
      found.append("\(place): \(length) characters, more than \(most)")
    }
    if schema["format"]?.string == "date-time",
      string.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/) == nil
    {
      found.append("\(place): is no date and time")
    }
    return found
  }

  private func fits(_ value: JSONNode, _ type: String) -> Bool {
    switch type {
    case "object": value.kind == .object
    case "array": value.kind == .array
    case "string": value.kind == .string
    case "boolean": value.kind == .boolean
    case "integer": value.integer != nil
    case "number": value.kind == .number
    default: false
    }
  }

  private func isEqual(_ a: JSONNode, _ b: JSONNode) -> Bool {
    a.kind == b.kind && a.string == b.string && a.boolean == b.boolean && a.double == b.double
  }
}
