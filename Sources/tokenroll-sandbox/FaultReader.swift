import JSON

/// Reads the specification of a fault: `KIND,key=value,...` or a JSON object with the same keys and `kind`.
struct FaultReader {
  private var values: [String: String] = [:]
  private var used: Set<String> = []
  private let specification: String

  static func fault(_ text: String) throws(FieldError) -> Fault {
    if text.first == "{" {
      do {
        return try fault(try JSONDocument(parsing: Array(text.utf8)).root)
      } catch let error as JSONError {
        throw FieldError(pointer: "", problem: "is not JSON: \(error)")
      } catch let error as FieldError {
        throw error
      } catch {
        throw FieldError(pointer: "", problem: "cannot be read: \(error)")
      }
    }
    var reader = FaultReader(specification: text)
    for (index, part) in text.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      if index == 0, pair.count == 1 {
        reader.values["kind"] = pair[0]
      } else {
        guard pair.count == 2 else {
          throw FieldError(pointer: "/\(part)", problem: "must have the form key=value")
        }
        guard reader.values.updateValue(pair[1], forKey: pair[0]) == nil else {
          throw FieldError(pointer: "/\(pair[0])", problem: "is given twice")
        }
      }
    }
    return try reader.read()
  }

  /// Reads the members of an object; numbers and booleans become the words of the other form.
  static func fault(_ node: JSONNode) throws(FieldError) -> Fault {
    let fields = try Fields(node, at: "")
    var reader = FaultReader(specification: "")
    for member in node.members {
      let value = member.value
      switch value.kind {
      case .string: reader.values[member.key] = value.string
      case .boolean: reader.values[member.key] = value.boolean == true ? "yes" : "no"
      case .number: reader.values[member.key] = value.integer.map { "\($0)" } ?? value.double.map { "\($0)" }
      case .array: reader.values[member.key] = try fields.strings(member.key)?.joined(separator: "+")
      case .object:
        for header in value.members {
          guard let text = header.value.string else {
            throw fields.failure("\(member.key)/\(header.key)", "must be a string")
          }
          reader.values["\(member.key).\(header.key)"] = text
        }
      case .null: break
      }
    }
    let words = reader.values.filter { $0.key != "kind" }.sorted { $0.key < $1.key }.map {
      "\($0.key)=\($0.value)"
    }
    reader = FaultReader(
      values: reader.values, specification: ([reader.values["kind"] ?? ""] + words).joined(separator: ","))
    return try reader.read()
  }

  private init(values: [String: String] = [:], specification: String) {
    self.values = values
    self.specification = specification
  }
}

// MARK: - The fault

extension FaultReader {
  private mutating func read() throws(FieldError) -> Fault {
    let name = string("kind") ?? ""
    guard let shape = FaultShape(rawValue: name) else {
      let known = FaultShape.allCases.map(\.rawValue).joined(separator: ", ")
      throw FieldError(
        pointer: "/kind", problem: "is \"\(name)\", which is no kind of fault; known are \(known)")
    }
    var fault = Fault(
      kind: try kind(shape), commitment: shape.needsAnswer ? .atOnce : .never, specification: specification)
    fault.filter = try filter()
    fault.skip = try integer("skip", 0...1_000_000_000) ?? 0
    if string("count", consume: false) == "forever" {
      used.insert("count")
      fault.count = nil
    } else {
      fault.count = try integer("count", 1...1_000_000_000) ?? 1
    }
    fault.probability = try probability()
    fault.delayBefore = try integer("delay_before_ms", 0...3_600_000) ?? 0
    fault.delayAfter = try integer("delay_after_ms", 0...3_600_000) ?? 0
    fault.commitment = try commitment(shape)
    fault.headers = try headers()
    let others = Set(values.keys).subtracting(used).sorted()
    guard others.isEmpty else {
      throw FieldError(pointer: "/\(others[0])", problem: "is not known for a fault of the kind \(name)")
    }
    return fault
  }

  private mutating func kind(_ shape: FaultShape) throws(FieldError) -> Fault.Kind {
    switch shape {
    case .delay: return .delay
    case .refuse:
      let status = try status(503, 300...599)
      return .refuse(
        status: status, code: try code(status), message: string("message") ?? "refused by a fault")
    case .reset: return .end(.reset)
    case .close: return .end(.close)
    case .hang: return .hang(milliseconds: try integer("for_ms", 0...3_600_000))
    case .cut: return .cut(at: try integer("at", 0...(1 << 30)) ?? 0, try ending())
    case .html: return .html(status: try status(502, 200...599))
    case .empty: return .empty(status: try status(200, 200...599))
    case .unsuccessful:
      return .unsuccessful(
        status: try status(200, 200...599), code: try code(200),
        message: string("message") ?? "refused by a fault")
    case .noResult: return .noResult
    case .result: return .result(try required("json"))
    case .body:
      let text = try required("body")
      return .body(
        Array(text.utf8), status: try status(200, 200...599),
        contentType: string("content_type") ?? "application/json")
    case .drip: return .drip(bytesPerSecond: try integer("bytes_per_second", 1...1_000_000) ?? 10)
    case .redirect: return .redirect(status: try status(307, 300...399), location: try required("location"))
    case .gzipBomb: return .gzipBomb(mebibytes: try integer("mib", 1...1024) ?? 64)
    case .bigBody: return .bigBody(mebibytes: try integer("mib", 1...1024) ?? 8)
    case .raw: return .raw(try bytes(), try ending())
    case .statusLine: return .statusLine(try ending())
    }
  }

  private mutating func filter() throws(FieldError) -> Fault.Filter {
    var filter = Fault.Filter()
    for name in string("call")?.split(separator: "+").map(String.init) ?? [] {
      guard let call = Call(rawValue: name) else {
        let known = Call.allCases.map(\.rawValue).joined(separator: ", ")
        throw FieldError(pointer: "/call", problem: "names \"\(name)\"; known are \(known)")
      }
      filter.calls.insert(call)
    }
    filter.account = string("account")
    filter.token = string("token")
    return filter
  }

  private mutating func commitment(_ shape: FaultShape) throws(FieldError) -> Fault.Commitment {
    let late = try integer("commit_after_ms", 0...3_600_000)
    let word = string("commit")
    guard word == nil || word == "yes" || word == "no" else {
      throw FieldError(pointer: "/commit", problem: "must be \"yes\" or \"no\"")
    }
    guard word == nil || late == nil else {
      throw FieldError(
        pointer: "/commit_after_ms", problem: "says already that the call takes effect, and when")
    }
    if shape.needsAnswer, word == "no" || late != nil {
      throw FieldError(
        pointer: word == nil ? "/commit_after_ms" : "/commit",
        problem:
          "cannot be: a fault of the kind \(shape.rawValue) sends the call's answer, so the call takes effect"
      )
    }
    if let late { return .late(milliseconds: late) }
    return word.map { $0 == "yes" ? .atOnce : .never } ?? (shape.needsAnswer ? .atOnce : .never)
  }

  private mutating func probability() throws(FieldError) -> Double {
    guard let text = string("probability") else { return 1 }
    guard let value = Double(text), 0...1 ~= value else {
      throw FieldError(pointer: "/probability", problem: "must be a number from 0 to 1")
    }
    return value
  }

  private mutating func headers() throws(FieldError) -> [(name: String, value: String)] {
    var headers: [(name: String, value: String)] = []
    if let text = string("retry_after") { headers.append(("Retry-After", text)) }
    for key in values.keys.filter({ $0.hasPrefix("headers.") }).sorted() {
      guard let text = string(key) else { continue }
      headers.append((String(key.dropFirst("headers.".count)), text))
    }
    for header in headers {
      guard !header.name.isEmpty, (header.name + header.value).utf8.allSatisfy({ 0x20..<0x7F ~= $0 }) else {
        throw FieldError(pointer: "/headers/\(header.name)", problem: "must be printable ASCII")
      }
    }
    return headers
  }
}

// MARK: - Values

extension FaultReader {
  private mutating func string(_ key: String, consume: Bool = true) -> String? {
    if consume { used.insert(key) }
    return values[key]
  }

  private mutating func required(_ key: String) throws(FieldError) -> String {
    guard let text = string(key) else {
      throw FieldError(pointer: "/\(key)", problem: "is required for this fault")
    }
    return text
  }

  private mutating func integer(_ key: String, _ range: ClosedRange<Int>) throws(FieldError) -> Int? {
    guard let text = string(key) else { return nil }
    guard let value = Int(text), range.contains(value) else {
      throw FieldError(
        pointer: "/\(key)", problem: "must be an integer from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  private mutating func status(_ usual: Int, _ range: ClosedRange<Int>) throws(FieldError) -> Int {
    try integer("status", range) ?? usual
  }

  private mutating func code(_ status: Int) throws(FieldError) -> Int {
    let usual =
      switch status {
      case 401: 10000
      case 403: 9109
      case 404: 1003
      case 429: 10429
      default: 10001
      }
    return try integer("code", 0...1_000_000) ?? usual
  }

  private mutating func ending() throws(FieldError) -> Fault.Ending {
    guard let text = string("end") else { return .close }
    guard let ending = Fault.Ending(rawValue: text) else {
      throw FieldError(pointer: "/end", problem: "must be \"close\" or \"reset\"")
    }
    return ending
  }

  private mutating func bytes() throws(FieldError) -> [UInt8] {
    if let digits = string("hex") {
      let nibbles = digits.utf8.compactMap { UInt8(String(UnicodeScalar($0)), radix: 16) }
      guard nibbles.count == digits.utf8.count, nibbles.count % 2 == 0 else {
        throw FieldError(pointer: "/hex", problem: "must be hexadecimal digits, two for each byte")
      }
      return stride(from: 0, to: nibbles.count, by: 2).map { nibbles[$0] << 4 | nibbles[$0 + 1] }
    }
    return Array(try required("bytes").utf8)
  }
}
