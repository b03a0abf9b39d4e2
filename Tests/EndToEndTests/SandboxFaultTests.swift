import JSON
import Testing

@Suite struct SandboxFaultTests {
  /// What a client sees of a roll with a fault, and how often the token was rolled.
  struct Case: Sendable, CustomTestStringConvertible {
    let fault: String
    var exit: Int32 = 0
    var status = 0
    var rolls: Int64 = 0
    var codes: [Int64]?
    var header: (name: String, value: String)?
    var isBody: @Sendable (String) -> Bool = { _ in true }

    var testDescription: String { fault }
  }

  static let cases: [Case] = [
    Case(fault: #"{"kind":"delay","delay_before_ms":5}"#, status: 200, rolls: 1, codes: []),
    Case(
      fault: #"{"kind":"refuse","status":429,"retry_after":"Wed, 21 Oct 2099 07:28:00 GMT"}"#, status: 429,
      codes: [10429], header: ("retry-after", "Wed, 21 Oct 2099 07:28:00 GMT")),
    Case(fault: #"{"kind":"refuse","status":503,"code":4711,"message":"m"}"#, status: 503, codes: [4711]),
    Case(fault: #"{"kind":"refuse","status":500,"commit":"yes"}"#, status: 500, rolls: 1),
    Case(fault: #"{"kind":"refuse","headers":{"X-One":"1"}}"#, status: 503, header: ("x-one", "1")),
    Case(fault: #"{"kind":"reset"}"#, exit: 56),
    Case(fault: #"{"kind":"reset","commit":true}"#, exit: 56, rolls: 1),
    Case(fault: #"{"kind":"close"}"#, exit: 52),
    Case(fault: #"{"kind":"close","commit":true}"#, exit: 52, rolls: 1),
    Case(fault: #"{"kind":"hang","for_ms":50}"#, exit: 52),
    Case(fault: #"{"kind":"cut","at":17}"#, exit: 18, status: 200, rolls: 1) { $0.utf8.count == 17 },
    Case(fault: #"{"kind":"cut","at":0}"#, exit: 18, status: 200, rolls: 1) { $0.isEmpty },
    Case(fault: #"{"kind":"cut","at":17,"end":"reset"}"#, exit: 56, status: 200, rolls: 1) {
      $0.utf8.count == 17
    },
    Case(
      fault: #"{"kind":"html","status":502}"#, status: 502,
      header: ("content-type", "text/html; charset=UTF-8")
    ) { $0.hasPrefix("<!DOCTYPE html>") },
    Case(fault: #"{"kind":"html","status":429}"#, status: 429) { $0.contains("Error 1015") },
    Case(fault: #"{"kind":"html","status":403}"#, status: 403) { $0.contains("Error 1020") },
    Case(fault: #"{"kind":"empty","status":500,"commit":"yes"}"#, status: 500, rolls: 1) { $0.isEmpty },
    Case(fault: #"{"kind":"empty"}"#, status: 200) { $0.isEmpty },
    Case(fault: #"{"kind":"unsuccessful","code":10000}"#, status: 200, codes: [10000]) {
      $0.contains(#""success":false"#)
    },
    Case(fault: #"{"kind":"no-result"}"#, status: 200, rolls: 1, codes: []) { !$0.contains("\"result\"") },
    Case(fault: #"{"kind":"result","json":"{\"a\":[1]}"}"#, status: 200) {
      $0.contains(#""result":{"a":[1]},"#)
    },
    Case(fault: #"{"kind":"result","json":"nonsense"}"#, status: 200) { $0.contains(#""result":nonsense,"#) },
    Case(
      fault: #"{"kind":"body","body":"not json","status":201,"content_type":"text/plain"}"#, status: 201,
      header: ("content-type", "text/plain")
    ) { $0 == "not json" },
    Case(fault: #"{"kind":"drip","bytes_per_second":2000}"#, status: 200, rolls: 1, codes: []),
    Case(
      fault: #"{"kind":"redirect","location":"http://127.0.0.1:1/x"}"#, status: 307,
      header: ("location", "http://127.0.0.1:1/x")),
    Case(fault: #"{"kind":"big-body","mib":3}"#, status: 200, rolls: 1) {
      $0.utf8.count > 3 << 20 && $0.hasSuffix("}")
    },
    Case(
      fault:
        #"{"kind":"raw","bytes":"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc"}"#,
      status: 200
    ) { $0.hasPrefix("ab") },
    Case(fault: #"{"kind":"raw","hex":"485454502f312e312032303420780d0a0d0a"}"#, status: 204),
    Case(fault: #"{"kind":"raw","bytes":"SSH-2.0-x\r\n","commit":"yes"}"#, exit: 1, rolls: 1),
    Case(fault: #"{"kind":"status-line"}"#, status: 200, rolls: 1) { $0.isEmpty },
    Case(fault: #"{"kind":"status-line","end":"reset"}"#, exit: 56, status: 200, rolls: 1) { $0.isEmpty },
  ]

  @Test(arguments: cases, [false, true])
  func aRollWithAFaultLooksAsSpecified(_ expected: Case, tls: Bool) throws {
    let sandbox = try SandboxUnderTest(tls: tls)
    let (credential, token) = (try sandbox.token("credential"), try sandbox.token("token-1"))
    try sandbox.addFault(expected.fault)
    let reply = try sandbox.roll(token, as: credential)
    #expect(reply.exitStatus == expected.exit)
    #expect(reply.status == expected.status)
    #expect(try sandbox.rolls(of: token) == expected.rolls)
    #expect(expected.isBody(reply.text))
    if let codes = expected.codes { #expect(try reply.errorCodes() == codes) }
    if let header = expected.header { #expect(reply.headers[header.name] == header.value) }
    // The fault is spent: the next call is answered as ever.
    #expect(try sandbox.roll(token, as: credential).status == 200)
  }

  @Test func aGzipBombUnpacksToTheSizeThatWasAskedFor() throws {
    let sandbox = try SandboxUnderTest()
    let (credential, token) = (try sandbox.token("credential"), try sandbox.token("token-1"))
    try sandbox.addFault(#"{"kind":"gzip-bomb","mib":5,"count":2}"#)
    let packed = try sandbox.roll(token, as: credential)
    #expect(packed.headers["content-encoding"] == "gzip")
    #expect(packed.body.count < 40_000)
    let unpacked = try sandbox.roll(token, as: credential, options: ["compressed"])
    #expect(unpacked.exitStatus == 0)
    #expect(unpacked.body.count == 5 << 20)
    #expect(unpacked.body.allSatisfy { $0 == 0x20 })
  }

  @Test func aHungCallIsGivenUpByTheClientAndNoticedByTheSandbox() throws {
    let sandbox = try SandboxUnderTest()
    let (credential, token) = (try sandbox.token("credential"), try sandbox.token("token-1"))
    try sandbox.addFault(#"{"kind":"hang"}"#)
    #expect(try sandbox.roll(token, as: credential, timeout: 1).exitStatus == 28)
    #expect(try sandbox.administer("GET", "/wait?answered=1&call=roll&timeout=20")["met"]?.boolean == true)
    #expect(try sandbox.rolls(of: token) == 0)
  }

  @Test(arguments: ["reset", "close", "html"])
  func aLateCallTakesEffectAfterItsAnswer(_ kind: String) throws {
    let sandbox = try SandboxUnderTest()
    let (credential, token) = (try sandbox.token("credential"), try sandbox.token("token-1"))
    try sandbox.addFault(#"{"kind":"\#(kind)","commit_after_ms":2500}"#)
    _ = try sandbox.roll(token, as: credential)
    #expect(try sandbox.verify(token).status == 200)
    #expect(
      try sandbox.administer("GET", "/wait?rolls=1&token=\(token.id)&timeout=20")["met"]?.boolean == true)
    #expect(try sandbox.verify(token).status == 401)
    let record = try #require(
      try sandbox.administer("GET", "/requests?call=roll")["requests"]?.elements.first { _ in true })
    #expect(record["late_at"]?.string != nil)
  }

  @Test func delaysLieBeforeAndAfterTheEffect() throws {
    let sandbox = try SandboxUnderTest()
    let (credential, token) = (try sandbox.token("credential"), try sandbox.token("token-1"))
    try sandbox.addFault(#"{"kind":"delay","delay_after_ms":60000}"#)
    #expect(try sandbox.roll(token, as: credential, timeout: 1).exitStatus == 28)
    #expect(try sandbox.rolls(of: token) == 1)
    try sandbox.addFault(#"{"kind":"delay","delay_before_ms":60000}"#)
    #expect(try sandbox.roll(token, as: credential, timeout: 1).exitStatus == 28)
    #expect(try sandbox.rolls(of: token) == 1)
    try sandbox.addFault(#"{"kind":"delay","delay_before_ms":150,"delay_after_ms":150}"#)
    let reply = try sandbox.roll(token, as: credential)
    #expect(reply.status == 200)
    #expect(reply.seconds >= 0.3)
  }

  @Test func aDripTakesAsLongAsItsBytesDo() throws {
    let sandbox = try SandboxUnderTest()
    let (credential, token) = (try sandbox.token("credential"), try sandbox.token("token-1"))
    try sandbox.addFault(#"{"kind":"drip","bytes_per_second":100}"#)
    let reply = try sandbox.roll(token, as: credential)
    #expect(reply.exitStatus == 0)
    #expect(try reply.result().string == sandbox.token("token-1").secret)
    #expect(reply.seconds >= 0.9)
  }

  @Test func faultsApplyToTheCallsThatTheyName() throws {
    let sandbox = try SandboxUnderTest(
      "--fault", "refuse,call=verify+get,status=418,count=forever", "--fault=close,skip=1,call=roll")
    let (credential, token) = (try sandbox.token("credential"), try sandbox.token("token-1"))
    let other = try sandbox.token("token-2")
    #expect(try sandbox.verify(token).status == 418)
    #expect(try sandbox.verify(token).status == 418)
    #expect(try sandbox.roll(token, as: credential).status == 200)
    #expect(try sandbox.roll(token, as: credential).exitStatus == 52)
    #expect(try sandbox.roll(token, as: credential).status == 200)
    try sandbox.administer("DELETE", "/faults")
    #expect(try sandbox.verify(credential).status == 200)
    try sandbox.addFault(#"[{"kind":"close","token":"\#(other.id)"},{"kind":"html","call":["list","get"]}]"#)
    #expect(try sandbox.roll(token, as: credential).status == 200)
    #expect(try sandbox.roll(other, as: credential).exitStatus == 52)
    let faults = try sandbox.administer("GET", "/faults")["faults"]?.elements.map { $0["hits"]?.integer }
    #expect(faults == [1, 0])
  }

  @Test func probableFaultsAreTheSameForTheSameSeed() throws {
    func statuses(_ seed: String) throws -> [Int] {
      let sandbox = try SandboxUnderTest("--seed", seed, "--fault", "refuse,probability=0.5,count=forever")
      let token = try sandbox.token("token-1")
      return try (0..<20).map { _ in try sandbox.verify(token).status }
    }
    let first = try statuses("1")
    #expect(Set(first) == [200, 503])
    #expect(try statuses("1") == first)
    #expect(try statuses("2") != first)
  }

  static let mistakes: [(fault: String, says: String)] = [
    (#"{"kind":"nothing"}"#, "no kind of fault"),
    (#"{}"#, "no kind of fault"),
    (#"{"kind":"cut","commit":"no"}"#, "takes effect"),
    (#"{"kind":"cut","commit_after_ms":5}"#, "takes effect"),
    (#"{"kind":"reset","commit":"yes","commit_after_ms":5}"#, "already"),
    (#"{"kind":"reset","status":500}"#, "not known for a fault of the kind reset"),
    (#"{"kind":"refuse","status":"many"}"#, "must be an integer"),
    (#"{"kind":"refuse","call":"rol"}"#, "known are"),
    (#"{"kind":"refuse","probability":2}"#, "from 0 to 1"),
    (#"{"kind":"refuse","retry_after":"1\r\n2"}"#, "printable"),
    (#"{"kind":"raw","hex":"abc"}"#, "hexadecimal"),
    (#"{"kind":"result"}"#, "is required"),
    (#"[{"kind":"reset"},7]"#, "must be an object"),
    ("nonsense", "not JSON"),
  ]

  @Test func aFaultThatCannotBeIsRefusedWithTheReason() throws {
    let sandbox = try SandboxUnderTest()
    for (fault, says) in Self.mistakes {
      let reply = try HTTPClient.send("POST", sandbox.admin + "/faults", body: fault)
      #expect(reply.status == 400, "\(fault)")
      #expect(try reply.json()["error"]?.string?.contains(says) == true, "\(fault): \(reply.text)")
    }
    #expect(try sandbox.administer("GET", "/faults")["faults"]?.elements.map(\.kind) == [])
  }
}
