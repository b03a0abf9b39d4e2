import Glibc
import JSON
import Testing

@Suite struct SandboxCommandLineTests {
  static let mistakes: [(arguments: [String], says: String)] = [
    (["--nothing"], "unknown option --nothing"), (["now"], "unknown option now"),
    (["--listen"], "--listen needs a value"), (["--listen", "here"], "an address and a port"),
    (["--listen", "::1:80"], "an address and a port"),
    (["--listen", "127.0.0.1:65536"], "an address and a port"),
    (["--listen", "0.0.0.0:0"], "--allow-non-loopback"), (["--listen", "[::]:0"], "--allow-non-loopback"),
    (["--tls=yes"], "--tls takes no value"), (["--ca-file", "x"], "--tls"),
    (["--tls-certificate", "expired"], "without --tls"),
    (["--tls", "--tls-certificate", "bad"], "wrong-host"),
    (["--tls", "--tls-max-version", "1.0"], "1.1, 1.2 or 1.3"), (["--account", "short"], "32 characters"),
    (["--tokens", "-1"], "from 0"), (["--rate-limit", "5"], "CALLS/SECONDS"),
    (["--rate-limit=0/1"], "CALLS/SECONDS"),
    (["--fault", "explode"], "no kind of fault"), (["--fault", "reset,commit"], "key=value"),
    (["--fault", "reset,commit=yes,commit=no"], "given twice"), (["--demo", "x", "--state", "y"], "--demo"),
    (["--fixture", "x", "--account", String(repeating: "a", count: 32)], "one of the two"),
  ]

  @Test func aMistakeIsRefusedWithTheReason() throws {
    let program = try TestProcess.product("tokenroll-sandbox")
    for (arguments, says) in Self.mistakes {
      let result = try TestProcess.run(program, arguments)
      #expect(result.status == 64, "\(arguments)")
      #expect(result.errorText.contains(says), "\(arguments): \(result.errorText)")
      #expect(result.errorText.split(whereSeparator: \.isNewline).count == 1)
      #expect(result.output.isEmpty)
    }
  }

  @Test func helpNamesEveryOptionWithinTheWidthOfATerminal() throws {
    let result = try TestProcess.run(TestProcess.product("tokenroll-sandbox"), ["--help"])
    #expect(result.status == 0)
    #expect(result.errorText == "")
    #expect(result.outputText.split(whereSeparator: \.isNewline).allSatisfy { $0.count <= 80 })
    for option in [
      "--listen", "--allow-non-loopback", "--ready-file", "--tls", "--ca-file", "--tls-certificate",
      "--tls-max-version", "--demo", "--account", "--tokens", "--fixture", "--state", "--rate-limit",
      "--fault",
      "--seed", "--verbose", "--help", "--version",
    ] {
      #expect(
        result.outputText.contains("\(option) ") || result.outputText.contains("\(option)\n"), "\(option)")
    }
  }

  @Test func theVersionIsOneLine() throws {
    let result = try TestProcess.run(TestProcess.product("tokenroll-sandbox"), ["--version"])
    #expect(result.status == 0)
    #expect(result.outputText.wholeMatch(of: /tokenroll-sandbox \d+\.\d+\.\d+\n/) != nil)
  }

  @Test(arguments: [SIGTERM, SIGINT])
  func aSignalStopsItInOrder(_ signal: Int32) throws {
    let sandbox = try SandboxUnderTest()
    _ = try sandbox.tokens()
    sandbox.process.signal(signal)
    #expect(sandbox.process.wait() == 0)
  }

  @Test func itListensOnTheOtherLoopbackAddresses() throws {
    for address in ["[::1]:0", "127.9.8.7:0"] {
      let sandbox = try SandboxUnderTest("--listen", address)
      #expect(try sandbox.verify(try sandbox.token("token-1")).status == 200, "\(address)")
    }
  }

  @Test func thePortThatIsTakenIsNamed() throws {
    let sandbox = try SandboxUnderTest()
    let address = sandbox.base.dropFirst("http://".count).dropLast("/client/v4".count)
    let result = try TestProcess.run(TestProcess.product("tokenroll-sandbox"), ["--listen", String(address)])
    #expect(result.status == 71)
    #expect(result.errorText.contains("cannot listen on 127.0.0.1 port"))
    #expect(result.errorText.contains("in use"))
  }

  @Test func theLogHasEveryRequestAndNoSecret() throws {
    let sandbox = try SandboxUnderTest()
    let (credential, token) = (try sandbox.token("credential"), try sandbox.token("token-1"))
    let secret = try #require(try sandbox.roll(token, as: credential).result().string)
    _ = try sandbox.verify(token)
    _ = try sandbox.send("GET", "/accounts/\(token.account)/tokens?q=\(secret)%0a", bearer: secret)
    _ = try sandbox.send("GET", "/a%0Ab", bearer: secret)
    let log = String(decoding: try sandbox.process.errorOutput(), as: UTF8.self)
    #expect(log.contains("PUT /client/v4/accounts/\(token.account)/tokens/\(token.id)/value 200"))
    #expect(log.contains("/tokens/verify 401"))
    for text in [secret, token.secret, credential.secret] { #expect(!log.contains(text)) }
    #expect(log.split(whereSeparator: \.isNewline).allSatisfy { $0.hasPrefix("tokenroll-sandbox: ") })
  }
}
