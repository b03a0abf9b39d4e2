import Core
import Platform
import Testing

@testable import CloudflareAPI

/// What is concluded from an answer: pure, over bytes.
struct VerdictTests {
  /// A reply with `status` and `body` to a request that was sent.
  static func reply(_ status: Int?, _ body: String, fields: [String] = [], ending: Reply.Ending = .complete)
    -> Reply
  {
    var head = AnswerHead()
    if let status {
      for line in ["HTTP/1.1 \(status) X"] + fields + [""] {
        Array((line + "\r\n").utf8).withUnsafeBytes { head.append(line: $0) }
      }
    }
    let buffer = AnswerBuffer()
    _ = Array(body.utf8).withUnsafeBytes { buffer.append($0) }
    return Reply(ending: ending, wasSent: true, head: head, body: buffer, sentAfter: .zero, duration: .zero)
  }

  static func verdict(_ reply: Reply) -> Verdict {
    Verdict(reply: reply, bearer: Secret(credentialText), host: "api.example", now: StoppedClock().now)
  }

  static func roll(_ body: String, status: Int = 200) -> Result<RolledSecret, APIFailure> {
    verdict(reply(status, body)).result { $0.result.flatMap { RolledSecret($0) } }
  }

  @Test(arguments: [
    (rolledBody(), newSecret, nil),
    (#" {"result":"\#(newSecret)","success":true}  "#, newSecret, nil),
    (#"{"success":true,"errors":null,"messages":7,"result":"\#(newSecret)"}"#, newSecret, nil),
    (#"{"success":true,"errors":[{"a":1,"a":2}],"result":"\#(newSecret)"}"#, newSecret, nil),
    (rolledBody("x"), "x", "does not begin with cfat_ and is 1 bytes long, not 40 to 80"),
    (
      rolledBody(String(repeating: "a", count: 40)), String(repeating: "a", count: 40),
      "does not begin with cfat_"
    ),
    (
      rolledBody("cfat_" + String(repeating: "a", count: 40)), "cfat_" + String(repeating: "a", count: 40),
      "is 45 bytes long, too short for 40 characters and a checksum"
    ),
    (
      rolledBody("cfat_" + String(repeating: "a", count: 76)), "cfat_" + String(repeating: "a", count: 76),
      "is 81 bytes long, not 40 to 80"
    ),
    (
      rolledBody(newSecret + #"\n\u0000\u00e9"#), newSecret + "\n\0é",
      "has characters other than letters, digits, underscores and hyphens"
    ),
  ])
  func everySecretIsKeptWhateverItsForm(_ body: String, _ secret: String, _ warning: String?) throws {
    let rolled = try Self.roll(body).get()
    #expect(rolled.secret.text == secret)
    #expect(rolled.warning == warning)
  }

  @Test(arguments: [
    "", "null", "[]", "{}", #""\#(newSecret)""#, #"{"success":true}"#, #"{"success":true,"result":null}"#,
    #"{"success":true,"result":""}"#, #"{"success":true,"result":7}"#, #"{"success":true,"result":["x"]}"#,
    #"{"success":true,"result":{"value":"x"}}"#, #"{"success":false,"result":"x"}"#, #"{"result":"x"}"#,
    #"{"success":"true","result":"x"}"#, #"{"success":1,"result":"x"}"#, #"{"Success":true,"result":"x"}"#,
    #"{"success":true,"result":"x","result":"y"}"#, #"{"success":false,"success":true,"result":"x"}"#,
    rolledBody() + "x", String(rolledBody().dropLast()), "<html></html>",
  ])
  func aSuccessThatCannotBeTrustedIsInDoubt(_ body: String) throws {
    let failure = try #require(Answer(Self.roll(body)).failure)
    #expect(failure.effect == .unknown)
    #expect(failure.httpStatus == 200)
  }

  @Test(
    arguments: [
      (
        #"{"success":false,"errors":[{"code":1000,"message":"Invalid API Token"}]}"#, 401, 1000,
        "api.example answered 401: Invalid API Token (code 1000)"
      ),
      (
        #"{"success":false,"errors":[{"code":6003,"message":"a"},{"code":2,"message":"b"}]}"#, 400, 6003,
        "api.example answered 400: a (code 6003)"
      ),
      (
        #"{"success":false,"errors":[{"message":"a\u001b[31m\r\nb\u202e"}]}"#, 403, nil,
        "api.example answered 403: a[31mb"
      ),
      (#"{"success":false,"errors":[{"code":7003}]}"#, 404, 7003, "api.example answered 404 (code 7003)"),
      (#"{"success":false,"errors":[{"code":1e999,"message":5}]}"#, 404, nil, "api.example answered 404"),
      (#"{"success":false,"errors":["x"]}"#, 404, nil, "api.example answered 404"),
      (#"{"success":false}"#, 404, nil, "api.example answered 404"),
      ("<html>", 404, nil, "api.example answered 404"),
      (
        #"{"success":false,"errors":[{"code":1,"message":"for \#(credentialText)!"}]}"#, 401, 1,
        "api.example answered 401: for <redacted>! (code 1)"
      ),
    ] as [(String, Int, Int?, String)])
  func aRefusalIsToldInTheWordsOfTheAPI(_ body: String, _ status: Int, _ code: Int?, _ reason: String) throws
  {
    let failure = try #require(Answer(Self.roll(body, status: status)).failure)
    #expect(failure.effect == .refused)
    #expect(failure.apiCode == code)
    #expect(failure.reason == reason)
    #expect(failure.httpStatus == status)
  }

  @Test func aSuccessFalseUnder200CarriesItsCode() throws {
    let body = #"{"success":false,"errors":[{"code":10000,"message":"Authentication error"}]}"#
    let failure = try #require(Answer(Self.roll(body)).failure)
    #expect(failure.effect == .unknown)
    #expect(failure.apiCode == 10000)
    #expect(
      failure.reason == "api.example answered 200: Authentication error (code 10000), with success: false")
  }

  @Test func nothingWrittenIsNotSentWhateverCame() throws {
    var reply = Self.reply(200, rolledBody(), ending: .failed("x"))
    reply.wasSent = false
    #expect(Answer(Self.verdict(reply).result { _ in true }).outcome == .notSent)
  }

  @Test(arguments: [
    (Reply.Ending.timedOut, Outcome.unknown), (.tooLarge, .unknown), (.repeatPrevented, .unknown),
    (.shutDown, .unknown),
    (.failed("x"), .unknown), (.complete, .unknown),
  ])
  func withoutAWholeHeadItIsInDoubt(_ ending: Reply.Ending, _ outcome: Outcome) {
    #expect(Answer(Self.verdict(Self.reply(nil, "", ending: ending)).result { _ in true }).outcome == outcome)
  }
}
