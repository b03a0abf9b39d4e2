import JSON

/// How the answer to a call with a fault is sent.
enum Delivery: Sendable {
  case answer(Answer)
  case script(RawScript)
  /// Nothing is sent for so many milliseconds, or as long as the client waits.
  case hang(milliseconds: Int?)

  /// What `fault` makes of the call's own `answer`, which is there where the call took effect first.
  init(_ fault: Fault, _ answer: Answer?, ray: String) {
    var own = answer ?? Answer(status: 200, body: [])
    own.headers += fault.headers
    switch fault.kind {
    case .delay:
      self = .answer(own)
    case .refuse(let status, let code, let message):
      self = Self.answer(.failure(status, .init(code: code, text: message)), fault)
    case .end(let ending):
      self = .script(RawScript(steps: [], ending: ending))
    case .hang(let milliseconds):
      self = .hang(milliseconds: milliseconds)
    case .cut(let end, let ending):
      let steps = [RawScript.Step.bytes(own.head(ray: ray)), .bytes(Array(own.body.prefix(end)))]
      self = .script(RawScript(steps: steps, ending: ending))
    case .html(let status):
      self = Self.answer(
        Answer(status: status, contentType: "text/html; charset=UTF-8", body: Self.page(status)), fault)
    case .empty(let status):
      self = Self.answer(Answer(status: status, contentType: nil, body: []), fault)
    case .unsuccessful(let status, let code, let message):
      var answer = Answer.failure(400, .init(code: code, text: message))
      answer.status = status
      self = Self.answer(answer, fault)
    case .noResult:
      self = Self.answer(Self.envelope(result: nil), fault)
    case .result(let json):
      self = Self.answer(Self.envelope(result: json), fault)
    case .body(let bytes, let status, let contentType):
      self = Self.answer(Answer(status: status, contentType: contentType, body: bytes), fault)
    case .drip(let rate):
      let steps = [RawScript.Step.bytes(own.head(ray: ray)), .drip(own.body, perSecond: rate)]
      self = .script(RawScript(steps: steps, ending: .close))
    case .redirect(let status, let location):
      self = Self.answer(
        Answer(status: status, headers: [("Location", location)], contentType: nil, body: []), fault)
    case .gzipBomb(let mebibytes):
      let bomb = GzipBomb.make(mebibytes: mebibytes)
      self = Self.answer(Answer(status: 200, headers: [("Content-Encoding", "gzip")], body: bomb), fault)
    case .bigBody(let mebibytes):
      let padding = mebibytes << 20
      let steps = [
        RawScript.Step.bytes(own.head(ray: ray, padding: padding)), .fill(UInt8(ascii: " "), count: padding),
        .bytes(own.body),
      ]
      self = .script(RawScript(steps: steps, ending: .close))
    case .raw(let bytes, let ending):
      self = .script(RawScript(steps: [.bytes(bytes)], ending: ending))
    case .statusLine(let ending):
      self = .script(RawScript(steps: [.bytes(own.statusLine)], ending: ending))
    }
  }

  /// The status that is sent; nil where the client sees none.
  func status(of fault: Fault, _ answer: Answer?) -> Int? {
    if case .answer(let answer) = self { return answer.status }
    switch fault.kind {
    case .cut, .drip, .bigBody, .statusLine: return answer?.status
    default: return nil
    }
  }

  private static func answer(_ answer: Answer, _ fault: Fault) -> Delivery {
    var answer = answer
    answer.headers += fault.headers
    return .answer(answer)
  }

  private static func envelope(result: String?) -> Answer {
    let result = result.map { "\"result\":\($0)," } ?? ""
    return Answer(status: 200, body: Array("{\(result)\"success\":true,\"errors\":[],\"messages\":[]}".utf8))
  }

  /// A page as Cloudflare's edge sends it before the API is reached.
  private static func page(_ status: Int) -> [UInt8] {
    let error =
      switch status {
      case 429: "Error 1015: You are being rate limited"
      case 403: "Error 1020: Access denied"
      default: "Error \(status): \(Answer.reason(status))"
      }
    return Array(
      """
      <!DOCTYPE html>
      <html lang="en-US"><head><title>\(error)</title></head>
      <body><h1>\(error)</h1><p>This page is made by tokenroll-sandbox.</p></body></html>

      """.utf8)
  }
}

// MARK: - HTTP/1.1 by hand

extension Answer {
  static func reason(_ status: Int) -> String {
    switch status {
    case 200: "OK"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 429: "Too Many Requests"
    case 500: "Internal Server Error"
    case 502: "Bad Gateway"
    case 503: "Service Unavailable"
    case 504: "Gateway Timeout"
    case 520: "Web server is returning an unknown error"
    default: "Status \(status)"
    }
  }

  var statusLine: [UInt8] { Array("HTTP/1.1 \(status) \(Self.reason(status))\r\n".utf8) }

  /// The status line and the headers, for a body with `padding` more bytes.
  func head(ray: String, padding: Int = 0) -> [UInt8] {
    let lines =
      allHeaders(ray: ray) + [("Content-Length", String(body.count + padding)), ("Connection", "close")]
    return statusLine + Array(lines.map { "\($0.name): \($0.value)\r\n" }.joined().utf8) + Array("\r\n".utf8)
  }
}
