import Testing

@Suite struct SandboxTLSTests {
  @Test(
    arguments: [("good", 0), ("expired", 60), ("wrong-host", 60), ("self-signed", 60)] as [(String, Int32)])
  func aClientTrustsTheGoodCertificateAlone(_ certificate: String, _ exit: Int32) throws {
    let sandbox = try SandboxUnderTest("--tls-certificate", certificate, tls: true)
    let url = sandbox.base + "/accounts/\(String(repeating: "a", count: 32))/tokens"
    let reply = try HTTPClient.send("GET", url, caFile: sandbox.caFile)
    #expect(reply.exitStatus == exit)
    #expect(reply.status == (exit == 0 ? 400 : 0))
    #expect(try HTTPClient.send("GET", url, caFile: sandbox.caFile, options: ["insecure"]).status == 400)
  }

  @Test func theCertificateIsForEveryNameOfThisMachine() throws {
    let sandbox = try SandboxUnderTest(tls: true)
    for host in ["localhost", "[::1]"] {
      let port = try #require(sandbox.base.dropFirst("https://127.0.0.1:".count).split(separator: "/").first)
      let reply = try HTTPClient.send(
        "GET", "https://\(host):\(port)/admin/faults", caFile: sandbox.caFile,
        options: ["connect-to = \"::127.0.0.1:\""])
      #expect(reply.status == 200, "\(host)")
    }
  }

  @Test(arguments: [("1.1", false, false), ("1.2", true, false), ("1.3", true, true)])
  func newerVersionsOfTLSAreNotSpoken(_ version: String, _ speaks12: Bool, _ speaks13: Bool) throws {
    let sandbox = try SandboxUnderTest("--tls-max-version", version, tls: true)
    for (least, isSpoken) in [("tlsv1.2", speaks12), ("tlsv1.3", speaks13)] {
      let reply = try HTTPClient.send(
        "GET", sandbox.admin + "/faults", caFile: sandbox.caFile, options: [least])
      #expect(reply.exitStatus == (isSpoken ? 0 : 35), "\(least)")
    }
  }
}
