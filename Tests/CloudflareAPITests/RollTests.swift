import Core
import Platform
import Testing

@testable import CloudflareAPI

/// A roll against servers that behave in every way: the class of the outcome, and how often the request was received.
@Suite(.timeLimit(.minutes(2))) struct RollTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var name: String
    var steps: [ScriptedServer.Step]
    var outcome: Outcome
    var testDescription: String { name }

    init(_ name: String, _ steps: [ScriptedServer.Step], _ outcome: Outcome) {
      self.name = name
      self.steps = steps
      self.outcome = outcome
    }

    init(status: String, _ body: String = "", fields: [String] = [], _ outcome: Outcome) {
      self.init("\(status) \(body.prefix(40))", [.send(httpAnswer(status, body, fields: fields))], outcome)
    }
  }

  static let refusal =
    #"{"success":false,"errors":[{"code":10000,"message":"no"}],"messages":[],"result":null}"#
  static let page = "<html><body>no</body></html>"
  static let rows: [Row] =
    [
      Row("good answer", [.send(goodAnswer)], .value),
      Row("good answer, byte for byte", [.drip(Array(goodAnswer.utf8))], .value),
      Row("good answer, then a reset", [.send(goodAnswer), .reset], .value),
      Row(
        "good answer up to the end of the connection",
        [.send("HTTP/1.1 200 OK\r\n\r\n" + rolledBody()), .close], .value),
      Row(
        "good body, whole, of an answer that promised more",
        [.send("HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n" + rolledBody()), .close], .value),
      Row(
        "good answer in chunks",
        [
          .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
          .send(String(rolledBody().utf8.count, radix: 16) + "\r\n" + rolledBody() + "\r\n0\r\n\r\n"),
        ], .value),
      Row("good answer after an interim one", [.send("HTTP/1.1 100 Continue\r\n\r\n" + goodAnswer)], .value),
      Row(
        "hints before a good answer", [.send("HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" + goodAnswer)],
        .value),
      Row("only an interim answer", [.send("HTTP/1.1 100 Continue\r\n\r\n"), .close], .unknown),
      Row("closed without an answer", [.close], .unknown),
      Row("reset without an answer", [.reset], .unknown),
      Row("no HTTP", [.send("SSH-2.0-x\r\n"), .close], .unknown),
      Row("HTTP/0.9", [.send(rolledBody()), .close], .unknown),
      Row("a refusal cut in its head", [.send("HTTP/1.1 404 Not Found\r\nContent-Le"), .close], .unknown),
      Row(
        "a refusal cut in its body",
        [.send("HTTP/1.1 404 Not Found\r\nContent-Length: 400\r\n\r\n{\"succ"), .close], .refused),
      Row(
        "an answer longer than is read",
        [
          .send("HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n"),
          .send([UInt8](repeating: 32, count: 1_048_577)),
        ],
        .unknown),
      Row(
        "a good answer with too much white space behind it",
        [
          .send("HTTP/1.1 200 OK\r\nContent-Length: 2097152\r\n\r\n" + rolledBody()),
          .send([UInt8](repeating: 32, count: 1 << 21)),
        ], .value),
      Row(
        "compressed",
        [.send(httpAnswer("200 OK", "\u{1F}\u{0}\u{0}", fields: ["Content-Encoding: gzip"]))], .unknown),
      Row(status: "200 OK", refusal, .unknown),
      Row(status: "200 OK", page, .unknown),
      Row(status: "204 No Content", "", .unknown),
      Row(status: "301 Moved", fields: ["Location: /elsewhere"], .unknown),
      Row(status: "302 Found", rolledBody(), fields: ["Location: /elsewhere"], .unknown),
      Row(status: "307 Temporary Redirect", fields: ["Location: /elsewhere"], .unknown),
      Row(status: "308 Permanent Redirect", fields: ["Location: /elsewhere"], .unknown),
      Row(status: "429 Too Many Requests", page, .rateLimited),
      Row(status: "408 Request Timeout", refusal, .unknown),
      Row(status: "409 Conflict", refusal, .unknown),
      Row(status: "417 Expectation Failed", "", .refused),
      Row(status: "425 Too Early", refusal, .unknown),
    ]
    + [400, 401, 403, 404, 405, 422].flatMap { status in
      [refusal, page, ""].map { Row(status: "\(status) No", $0, .refused) }
    }
    + [500, 502, 503, 504, 520, 521, 524, 527, 599].flatMap { status in
      [refusal, page, rolledBody()].map { Row(status: "\(status) Oops", $0, .unknown) }
    }

  @Test(arguments: rows)
  func theOutcomeIsToldAndTheRequestIsSentOnce(_ row: Row) async throws {
    let server = try ScriptedServer { _ in row.steps }
    let client = try makeClient(port: server.port)
    let answer = await client.rollTestToken()
    #expect(answer.outcome == row.outcome, "\(answer)")
    #expect(server.requests.count == 1)
    #expect(answer.trace.sentAfter != nil)
    if case .success(let rolled) = answer.result { #expect(rolled.secret.text == newSecret) }
    await client.shutdown()
  }

  @Test func anAnswerCutAnywhereIsInDoubt() async throws {
    let bytes = Array(goodAnswer.utf8)
    let server = try ScriptedServer { [.send(Array(bytes[..<($0 - 1)])), .close] }
    let client = try makeClient(port: server.port)
    for length in 0..<bytes.count {
      let answer = await client.rollTestToken()
      #expect(answer.outcome == .unknown, "cut after \(length) bytes")
      #expect(server.requests.count == length + 1)
    }
    #expect(await client.rollTestToken().outcome == .value)
  }

  @Test func theRequestIsWhatTheAPIWants() async throws {
    let server = try ScriptedServer { _ in [.send(goodAnswer)] }
    _ = await (try makeClient(port: server.port)).rollTestToken()
    let request = try #require(server.requests.first)
    let lines = request.components
    #expect(lines.first == "PUT /client/v4/accounts/\(account)/tokens/\(tokenID)/value HTTP/1.1")
    #expect(
      Set(lines.dropFirst().dropLast()) == [
        "Host: 127.0.0.1:\(server.port)", "User-Agent: tokenroll/test",
        "Authorization: Bearer \(credentialText)",
        "Accept: application/json", "Accept-Encoding: identity", "Content-Type: application/json",
        "Content-Length: 2",
      ])
    #expect(lines.last == "{}")
  }

  @Test func theTraceTellsHowTheRequestWent() async throws {
    let answer = httpAnswer(
      "429 Slow down", "", fields: ["cf-ray: abc-FRA", "Retry-After: 17", #"Ratelimit: "default";r=0;t=9"#])
    let server = try ScriptedServer { _ in [.send(answer)] }
    let outcome = await (try makeClient(port: server.port)).rollTestToken()
    #expect(outcome.trace.httpStatus == 429)
    #expect(outcome.trace.ray == "abc-FRA")
    #expect(outcome.trace.rateLimit == RateLimitStatus(remaining: 0, reset: .seconds(9)))
    #expect(try #require(outcome.trace.sentAfter) <= outcome.trace.duration)
    let failure = try #require(outcome.failure)
    #expect(failure.ray == "abc-FRA")
    #expect(failure.retryAfter == .seconds(17))
  }
}

extension String {
  /// The lines, without the empty one between head and body.
  var components: [Substring] { split(separator: "\r\n") }
}
