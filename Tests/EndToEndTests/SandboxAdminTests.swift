import JSON
import Testing

@Suite struct SandboxAdminTests {
  @Test func tokensAreShownWithTheirSecretsRollsAndRequests() throws {
    let sandbox = try SandboxUnderTest()
    let (credential, token) = (try sandbox.token("credential"), try sandbox.token("token-1"))
    let secret = try sandbox.roll(token, as: credential).result().string
    _ = try sandbox.verify(token)
    let shown = try sandbox.administer("GET", "/tokens/\(token.id)")
    #expect(shown["secret"]?.string == secret)
    #expect(shown["rolls"]?.integer == 1)
    let requests = try #require(shown["requests"]?.elements)
    #expect(requests.map { $0["call"]?.string } == ["roll"])
    #expect(requests.map { $0["status"]?.integer } == [200])
    #expect(requests.map { $0["bearer"]?.string } == [credential.id])
    #expect(try sandbox.administer("GET", "/tokens")["rolls"]?.integer == 1)
    #expect(
      try sandbox.administer("GET", "/requests?call=verify")["requests"]?.elements.map {
        $0["status"]?.integer
      } == [401])
    #expect(
      try sandbox.administer("GET", "/requests?last=1")["requests"]?.elements.map { $0["number"]?.integer }
        == [2])
    #expect(try sandbox.administer("GET", "/requests")["received"]?.integer == 2)
  }

  @Test func tokensAreChangedPastTheAPI() throws {
    let sandbox = try SandboxUnderTest()
    let token = try sandbox.token("token-1")
    func status() throws -> String? { try sandbox.verify(token).result()["status"]?.string }
    for (change, expected) in [
      (#"{"status":"disabled"}"#, "disabled"), (#"{"status":"active"}"#, "active"),
      (#"{"expires_on":"2020-01-01T00:00:00Z"}"#, "expired"), (#"{"expires_on":null}"#, "active"),
    ] {
      try sandbox.administer("POST", "/tokens/\(token.id)", change)
      #expect(try status() == expected, "\(change)")
    }
    let secret = String(repeating: "s", count: 40)
    try sandbox.administer("POST", "/tokens/\(token.id)", #"{"secret":"\#(secret)"}"#)
    #expect(try sandbox.verify(token).status == 401)
    #expect(try sandbox.send("GET", "/accounts/\(token.account)/tokens/verify", bearer: secret).status == 200)
  }

  static let refusals: [(method: String, path: String, body: String?, status: Int)] = [
    ("GET", "/nothing", nil, 404), ("GET", "/tokens/nobody", nil, 404), ("POST", "/tokens", "{}", 405),
    ("DELETE", "/faults/9", nil, 404), ("DELETE", "/requests", nil, 405), ("GET", "/wait", nil, 400),
    ("GET", "/wait?rolls=1&received=1", nil, 400), ("GET", "/wait?rolls=many", nil, 400),
    ("GET", "/wait?rolls=1&call=roll", nil, 400), ("GET", "/wait?rolls=1&time=5", nil, 400),
    ("GET", "/requests?call=rol", nil, 400), ("GET", "/wait?rolls=1&timeout=0", nil, 408),
  ]

  @Test func whatCannotBeDoneIsRefusedWithTheReason() throws {
    let sandbox = try SandboxUnderTest()
    let (token, other) = (try sandbox.token("token-1"), try sandbox.token("token-2"))
    let changes = [
      ("{", 400), (#"{"status":"expired"}"#, 400), (#"{"secret":"short"}"#, 400), (#"{"name":"x"}"#, 400),
      (#"{"secret":"\#(other.secret)"}"#, 409),
    ].map { (method: "POST", path: "/tokens/\(token.id)", body: Optional($0.0), status: $0.1) }
    for refusal in Self.refusals + changes {
      let reply = try HTTPClient.send(refusal.method, sandbox.admin + refusal.path, body: refusal.body)
      #expect(reply.status == refusal.status, "\(refusal.method) \(refusal.path) \(refusal.body ?? "")")
      #expect(reply.status == 408 || (try? reply.json()["error"]?.string?.isEmpty) == false)
    }
    #expect(try sandbox.verify(token).status == 200)
  }

  @Test func aWaitEndsWithTheEventThatItWaitsFor() throws {
    let sandbox = try SandboxUnderTest()
    let (credential, token) = (try sandbox.token("credential"), try sandbox.token("token-1"))
    let wait = try TestProcess(
      "curl", ["--disable", "-s", sandbox.admin + "/wait?rolls=2&token=\(token.id)&timeout=50"])
    _ = try sandbox.roll(token, as: credential)
    _ = try sandbox.roll(try sandbox.token("token-2"), as: credential)
    #expect(try sandbox.administer("GET", "/wait?received=2&call=roll&timeout=20")["count"]?.integer == 2)
    _ = try sandbox.roll(token, as: credential)
    let text = String(decoding: try wait.readOutput { _ in false }, as: UTF8.self)
    #expect(text == #"{"met":true,"count":2}"#)
  }

  @Test func requestsThatHangAreReceivedButNotAnswered() throws {
    let sandbox = try SandboxUnderTest()
    let token = try sandbox.token("token-1")
    try sandbox.addFault(#"{"kind":"hang"}"#)
    let config = "header = \"Authorization: Bearer \(token.secret)\""
    let hung = try TestProcess(
      "curl",
      ["--disable", "-s", "--config", "-", "\(sandbox.base)/accounts/\(token.account)/tokens/verify"],
      input: config)
    #expect(
      try sandbox.administer("GET", "/wait?received=1&token=\(token.id)&timeout=20")["met"]?.boolean == true)
    #expect(try sandbox.administer("GET", "/requests")["answered"]?.integer == 0)
    sandbox.process.signal(15)
    #expect(sandbox.process.wait() == 0)
    #expect(hung.wait() == 52)
  }
}
