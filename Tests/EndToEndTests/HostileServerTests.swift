import Glibc
import JSON
import TestSupport
import Testing

/// Everything that a server, or somebody between it and us, can answer to a roll: what becomes of the token.
@Suite struct HostileServerTests {
  /// How the roll of a row ends.
  enum End: String, Sendable {
    /// Rolled once, published and verified.
    case settled
    /// It did not take place, and was sent once more.
    case repeated
    /// It took place, its secret was lost with the answer, and one more roll cured that.
    case cured
    /// Refused in a way that will not pass: the old secret stays, the next attempt is far off.
    case refused
    /// The whole credential waits.
    case held
    /// Nobody can say whether the secret is in force: it is kept and published as it is, and not rolled again.
    case kept
    /// The API refuses the secret that it gave: kept and published as it is, and not rolled again.
    case disowned

    var rolls: Int64 {
      switch self {
      case .settled, .repeated: 1
      case .cured: 2
      case .refused, .held, .kept, .disowned: 0
      }
    }

    /// The last event of the row.
    var last: String {
      switch self {
      case .settled, .repeated, .cured: "rollSettled"
      case .refused: "rollRefusedForGood"
      case .held: "rateLimited"
      case .kept: "secretPublished"
      case .disowned: "secretRefused"
      }
    }

    /// An event that comes before.
    var sign: String {
      switch self {
      case .settled: "secretPublished"
      case .repeated: "rollDidNotHappen"
      case .cured: "rollHappenedSecretLost"
      case .refused, .held: "rollStarted"
      case .kept: "secretFormUnexpected"
      case .disowned: "secretPublished"
      }
    }
  }

  /// A fault of the roll, as the sandbox takes it, and what comes of it.
  struct Row: Sendable {
    let fault: String
    let end: End
  }

  static func fault(_ kind: String, _ members: String = "") -> String {
    #""kind":"\#(kind)"\#(members.isEmpty ? "" : ",")\#(members)"#
  }

  static let connections: [Row] = [
    Row(fault: fault("reset"), end: .repeated), Row(fault: fault("reset", #""commit":"yes""#), end: .cured),
    Row(fault: fault("close"), end: .repeated), Row(fault: fault("close", #""commit":"yes""#), end: .cured),
    Row(fault: fault("hang"), end: .repeated), Row(fault: fault("hang", #""commit":"yes""#), end: .cured),
    Row(fault: fault("drip", #""bytes_per_second":5"#), end: .cured),
    Row(fault: fault("drip", #""bytes_per_second":2000"#), end: .settled),
    Row(fault: fault("delay", #""delay_after_ms":12000"#), end: .cured),
    Row(fault: fault("status-line"), end: .cured),
    Row(fault: fault("status-line", #""end":"reset""#), end: .cured),
    Row(fault: fault("raw", #""bytes":"SSH-2.0-x\r\n""#), end: .repeated),
    Row(fault: fault("raw", #""bytes":"SSH-2.0-x\r\n","commit":"yes""#), end: .cured),
    Row(
      fault: fault("raw", #""bytes":"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc""#),
      end: .repeated),
    Row(fault: fault("raw", #""bytes":"HTTP/1.1 204 No Content\r\n\r\n""#), end: .repeated),
    Row(fault: fault("raw", #""bytes":"HTTP/1.1 100 Continue\r\n\r\n""#), end: .repeated),
    Row(fault: fault("raw", #""bytes":"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n""#), end: .repeated),
  ]

  static let bodies: [Row] = [
    Row(fault: fault("empty"), end: .repeated), Row(fault: fault("empty", #""commit":"yes""#), end: .cured),
    Row(fault: fault("unsuccessful"), end: .repeated),
    Row(fault: fault("unsuccessful", #""commit":"yes""#), end: .cured),
    Row(fault: fault("no-result"), end: .cured),
    Row(fault: fault("body", #""body":"<html>no</html>""#), end: .repeated),
    Row(fault: fault("body", #""body":"{\"success\":true,\"result\":\"x\"""#), end: .repeated),
    Row(fault: fault("gzip-bomb", #""mib":64"#), end: .repeated),
    Row(fault: fault("big-body", #""mib":8"#), end: .cured),
    Row(fault: fault("html", #""status":200"#), end: .repeated),
    Row(fault: fault("result", #""json":"null""#), end: .repeated),
    Row(fault: fault("result", #""json":"42""#), end: .repeated),
    Row(fault: fault("result", #""json":"true""#), end: .repeated),
    Row(fault: fault("result", #""json":"{}""#), end: .repeated),
    Row(fault: fault("result", #""json":"[\"x\"]""#), end: .repeated),
    Row(fault: fault("result", #""json":"\"\"""#), end: .repeated),
    Row(fault: fault("result", #""json":"\"\"","commit":"yes""#), end: .cured),
    Row(fault: fault("result", #""json":"nonsense","commit":"yes""#), end: .cured),
    Row(fault: fault("redirect", #""location":"http://127.0.0.1:1/","status":302"#), end: .repeated),
    Row(fault: fault("redirect", #""location":"/client/v4/","commit":"yes""#), end: .cured),
  ]

  /// Secrets that are not what the API documents, and yet may be the only copy; the sandbox refuses them.
  static let secrets: [Row] =
    [
      #"x"#, String(repeating: "a", count: 39), String(repeating: "b", count: 81),
      String(repeating: "c", count: 10_000),
      #"line\\nbreak-and-forty-characters-0000000000000"#, #"quotes-\\\"-and-forty-characters-0000000000000"#,
      #"back-\\\\-slash"#, #"dollar-$(id)-`id`"#, #"t\u00f6ken-\u20ac-\ud83d\ude00"#, #"nul-\\u0000-within"#,
      #"tab\\tand space "#,
    ].map { Row(fault: fault("result", #""json":"\"\#($0)\"""#), end: .kept) } + [
      Row(fault: fault("result", #""json":"\"cfat_\#(String(repeating: "d", count: 48))\"""#), end: .disowned)
    ]

  static let statuses: [Row] =
    [400, 401, 402, 403, 404, 405, 406, 410, 418, 422, 451].map {
      Row(fault: fault("refuse", #""status":\#($0)"#), end: .refused)
    }
    + [408, 409, 425, 500, 501, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527, 599].flatMap {
      [
        Row(fault: fault("refuse", #""status":\#($0)"#), end: .repeated),
        Row(fault: fault("refuse", #""status":\#($0),"commit":"yes""#), end: .cured),
      ]
    }
    + [500, 502, 520, 522, 524].map { Row(fault: fault("html", #""status":\#($0)"#), end: .repeated) } + [
      Row(fault: fault("html", #""status":403"#), end: .refused),
      Row(fault: fault("empty", #""status":403"#), end: .refused),
      Row(fault: fault("empty", #""status":503,"commit":"yes""#), end: .cured),
      Row(fault: fault("refuse", #""status":300"#), end: .repeated),
      Row(fault: fault("refuse", #""status":304"#), end: .repeated),
    ]
    + [(6003, 400), (1000, 401), (10000, 401), (9109, 403), (7003, 404), (1003, 404), (10405, 405)].map {
      Row(fault: fault("refuse", #""code":\#($0.0),"status":\#($0.1)"#), end: .refused)
    }

  static let limits: [Row] = [
    Row(fault: fault("refuse", #""status":429"#), end: .settled),
    Row(fault: fault("refuse", #""status":429,"code":971,"retry_after":"0""#), end: .settled),
    Row(fault: fault("refuse", #""status":429,"retry_after":"1""#), end: .settled),
    Row(fault: fault("refuse", #""status":429,"retry_after":"-5""#), end: .settled),
    Row(fault: fault("refuse", #""status":429,"retry_after":"soon""#), end: .settled),
    Row(fault: fault("refuse", #""status":429,"retry_after":"""#), end: .settled),
    Row(
      fault: fault("refuse", #""status":429,"retry_after":"Wed, 21 Oct 2015 07:28:00 GMT""#), end: .settled),
    Row(fault: fault("html", #""status":429"#), end: .settled),
    Row(fault: fault("empty", #""status":429"#), end: .settled),
    Row(fault: fault("refuse", #""status":429,"retry_after":"3600""#), end: .held),
    Row(fault: fault("refuse", #""status":429,"retry_after":"99999999999999999999""#), end: .held),
    Row(fault: fault("refuse", #""status":429,"retry_after":"Wed, 21 Oct 2099 07:28:00 GMT""#), end: .held),
  ]

  @Test(arguments: [false, true])
  func everyAnswerEndsAsItHasTo(tls: Bool) throws {
    try run(Self.connections + Self.bodies + Self.secrets + Self.statuses + Self.limits, tls: tls)
  }

  @Test(arguments: [false, true])
  func anAnswerThatIsCutAnywhereIsCuredByOneRoll(tls: Bool) throws {
    let sandbox = try SandboxUnderTest(tls: tls)
    let (credential, token) = (try sandbox.token("credential"), try sandbox.token("token-1"))
    let length = try sandbox.roll(token, as: credential).body.count
    try #require(length > 60)
    let rows = (0..<length).map { Row(fault: Self.fault("cut", #""at":\#($0)"#), end: .cured) }
    let resets = stride(from: 0, to: length, by: 10).map {
      Row(fault: Self.fault("cut", #""at":\#($0),"end":"reset""#), end: .cured)
    }
    // What arrived whole counts, however the connection ends.
    try run(rows + resets + [Row(fault: Self.fault("cut", #""at":\#(length)"#), end: .settled)], tls: tls)
  }

  /// One service with an entry for every row.
  private func run(_ rows: [Row], tls: Bool) throws {
    let sandbox = try SandboxUnderTest(options: ["--tokens", "\(rows.count)"], tls: tls)
    let workspace = try Workspace(sandbox)
    var configuration = workspace.configuration
    // Long enough for an answer that is on its way on a busy machine, and shorter than what the faults put off.
    configuration.api["timeout"] = "\"8s\""
    configuration.api["max_in_flight"] = "64"
    configuration.api["rate_limit"] = #"{"requests": 1000000, "per": "1s"}"#
    let tokens = try sandbox.tokens().filter { $0.name != "credential" }
    var faults: [String] = []
    for (index, row) in rows.enumerated() {
      let token = tokens[index]
      faults.append(#"{\#(row.fault),"call":"roll","token":"\#(token.id)"}"#)
      var entry = workspace.entry("row-\(index)", token)
      if row.fault.contains("429") {
        // A credential of its own, for all that share one are held.
        entry.credential = "credential-\(index)"
        configuration.credentials[entry.credential] = workspace.directory.path("credential")
      }
      _ = try workspace.directory.write("published/row-\(index)", token.secret)
      configuration.entries.append(entry)
    }
    try sandbox.administer("POST", "/faults", "[\(faults.joined(separator: ","))]")
    let service = try workspace.start(configuration)
    // All rows share the time, so that one that goes wrong does not take it for each.
    let end = time(nil) + 150
    for (index, row) in rows.enumerated() {
      do {
        try service.event(row.end.last, entry: "row-\(index)", within: Double(max(end - time(nil), 1)))
      } catch {
        Issue.record("\(row.fault): \(service.events.filter { $0.entry == "row-\(index)" })")
      }
    }
    #expect(try service.stop() == 0)
    let state = try sandbox.administer("GET", "/tokens")
    var rolls: [String: Int64] = [:]
    var secrets: [String: String] = [:]
    for node in state["tokens"]?.elements.map({ $0 }) ?? [] {
      let id = try #require(node["id"]?.string)
      (rolls[id], secrets[id]) = (node["rolls"]?.integer, node["secret"]?.string)
    }
    for (index, row) in rows.enumerated() {
      let events = service.events.filter { $0.entry == "row-\(index)" }
      #expect(events.contains { $0.kind == row.end.sign }, "\(row.fault): \(events)")
      #expect(rolls[tokens[index].id] == row.end.rolls, "\(row.fault): \(events)")
      let published = workspace.publishedText("row-\(index)")
      if row.end == .kept || row.end == .disowned {
        #expect(published != tokens[index].secret, "\(row.fault)")
      } else {
        #expect(published == secrets[tokens[index].id], "\(row.fault)")
      }
    }
    // What was not verified yet when the service stopped is still in escrow.
    #expect(
      workspace.escrowed.count <= rows.filter { $0.end == .kept }.count && workspace.temporaries.isEmpty)
  }

  // MARK: Without an answer

  /// What keeps a request from being sent.
  enum Obstacle: String, CaseIterable {
    case refusedPort, unknownHost, wrongHost, expired, selfSigned, tls11, otherAuthority
  }

  @Test(arguments: Obstacle.allCases)
  func nothingIsSentToAServerThatIsNotTheRightOne(_ obstacle: Obstacle) throws {
    let options =
      switch obstacle {
      case .wrongHost: ["--tls-certificate", "wrong-host"]
      case .expired: ["--tls-certificate", "expired"]
      case .selfSigned: ["--tls-certificate", "self-signed"]
      case .tls11: ["--tls-max-version", "1.1"]
      case .refusedPort, .unknownHost, .otherAuthority: [String]()
      }
    let credential = String(repeating: "c", count: 40)
    let sandbox = try SandboxUnderTest(options: options, tls: true)
    let workspace = try Workspace(sandbox, credential: credential)
    var configuration = workspace.configuration
    configuration.api["connect_timeout"] = "\"5s\""
    switch obstacle {
    case .refusedPort: configuration.baseURL = "https://127.0.0.1:1/client/v4"
    case .unknownHost: configuration.baseURL = "https://no-such-host.invalid/client/v4"
    case .otherAuthority: configuration.caFile = nil
    default: break
    }
    let token = SandboxUnderTest.Token(
      account: String(repeating: "a", count: 32), id: String(repeating: "1", count: 32), name: "t", secret: ""
    )
    configuration.entries = [workspace.entry("one", token)]
    let service = try workspace.start(configuration)
    let event = try service.event("rollRefused")
    #expect(event.message.contains("nothing was sent"))
    #expect(try service.stop() == 0)
    #expect(workspace.publishedText("one") == nil)
    let log = String(decoding: try sandbox.process.errorOutput(), as: UTF8.self)
    #expect(!log.contains("/client/v4/accounts"))
  }
}
