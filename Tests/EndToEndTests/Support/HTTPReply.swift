import JSON
import TestSupport

/// What a client saw of the answer to a request.
struct HTTPReply: Sendable {
  /// The exit status of curl(1): 0 for a whole answer, 18 for a partial one, 28 for none in time, 52 for a connection
  /// that was closed before an answer, 56 for one that was reset, 35 and 60 for TLS.
  let exitStatus: Int32
  let status: Int
  /// Values by lower-case names.
  let headers: [String: String]
  let body: [UInt8]
  /// How long it took, in seconds.
  let seconds: Double

  var text: String { String(decoding: body, as: UTF8.self) }

  func json() throws -> JSONNode { try JSONDocument(parsing: body).root }

  /// The `result` of the envelope.
  func result() throws -> JSONNode {
    guard let result = try json()["result"] else { throw TestFailure("no result") }
    return result
  }

  /// The codes in `errors` of the envelope.
  func errorCodes() throws -> [Int64] {
    try json()["errors"]?.elements.compactMap { $0["code"]?.integer } ?? []
  }
}

/// Requests by curl(1), which gets secrets on its standard input and not as arguments.
enum HTTPClient {
  static func send(
    _ method: String, _ url: String, bearer: String? = nil, headers: [String] = [], body: String? = nil,
    caFile: String? = nil, timeout: Int = 30, options: [String] = []
  ) throws -> HTTPReply {
    let directory = try TemporaryDirectory()
    let (bodyPath, headPath) = (directory.path("body"), directory.path("head"))
    var lines = [
      "url = \(quoted(url))", "request = \(quoted(method))", "silent", "output = \(quoted(bodyPath))",
      "dump-header = \(quoted(headPath))", "max-time = \(timeout)",
      "write-out = \"%{http_code} %{time_total}\"",
      "http1.1", "noproxy = \"*\"",
    ]
    if let bearer { lines.append("header = \(quoted("Authorization: Bearer \(bearer)"))") }
    for header in headers { lines.append("header = \(quoted(header))") }
    if let body { lines += ["data = \(quoted(body))", "header = \"Content-Type: application/json\""] }
    if let caFile { lines.append("cacert = \(quoted(caFile))") }
    lines += options
    let result = try TestProcess.run(
      "curl", ["--disable", "--config", "-"], input: lines.joined(separator: "\n"))
    let words = result.outputText.split(separator: " ")
    let head = String(decoding: (try? contents(of: headPath)) ?? [], as: UTF8.self)
    var headers: [String: String] = [:]
    for line in head.split(whereSeparator: \.isNewline) {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      headers[line[..<colon].lowercased()] = String(value)
    }
    return HTTPReply(
      exitStatus: result.status, status: words.first.flatMap { Int($0) } ?? 0, headers: headers,
      body: (try? contents(of: bodyPath)) ?? [], seconds: words.last.flatMap { Double($0) } ?? 0)
  }

  private static func quoted(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": result += "\\n"
      case "\\", "\"": result += "\\\(scalar)"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return "\"\(result)\""
  }
}
