import Core
import Testing

@testable import CloudflareAPI

/// What a client can be made with.
struct SettingsTests {
  private func client(
    _ url: String, timeout: TimeSpan = .seconds(1), caFile: String? = nil, connections: Int = 1,
    agent: String = "a"
  ) throws -> CloudflareClient {
    try CloudflareClient(
      baseURL: url, timeout: timeout, connectTimeout: timeout, caFile: caFile, maxConnections: connections,
      userAgent: agent)
  }

  @Test(arguments: [
    ("https://api.cloudflare.com/client/v4", "api.cloudflare.com", true),
    ("https://api.cloudflare.com/client/v4/", "api.cloudflare.com", true),
    ("http://[::1]:80", "[::1]:80", false),
    ("HTTPS://x:8443", "x:8443", true),
  ])
  func anAddressIsTaken(_ url: String, _ host: String, _ isSecure: Bool) throws {
    let settings = try TransportSettings(
      baseURL: url, timeout: .seconds(1), connectTimeout: .seconds(1), caFile: nil, maxConnections: 1,
      userAgent: "a")
    #expect(settings.host == host)
    #expect(settings.isSecure == isSecure)
    #expect(!settings.baseURL.hasSuffix("/"))
  }

  @Test(arguments: [
    "", "api.cloudflare.com", "ftp://x", "file:///etc/passwd", "https://", "https://u@x", "https://u:p@x",
    "https://x/?a",
    "https://x/#a", "https://x:99999", "https://x y",
  ])
  func anAddressIsRefused(_ url: String) {
    #expect(throws: ClientError.self) { try client(url) }
  }

  @Test func aPasswordInTheAddressDoesNotGetIntoTheError() throws {
    let error = try #require(throws: ClientError.self) { try client("https://u:hunter2@x") }
    #expect(!error.description.contains("hunter2"))
  }

  @Test func valuesOutOfRangeAreRefused() {
    #expect(throws: ClientError.self) { try client("https://x", timeout: .zero) }
    #expect(throws: ClientError.self) { try client("https://x", timeout: .days(2)) }
    #expect(throws: ClientError.self) { try client("https://x", connections: 0) }
    #expect(throws: ClientError.self) { try client("https://x", connections: 257) }
    #expect(throws: ClientError.self) { try client("https://x", agent: "a\r\nX: y") }
    #expect(throws: ClientError.self) { try client("https://x", agent: "") }
  }

  @Test func certificatesThatCannotBeReadAreRefused() throws {
    let error = try #require(throws: ClientError.self) {
      try client("https://x", caFile: "/nonexistent/ca.pem")
    }
    #expect(
      error.description
        == "Cannot read the certificates in ca_file /nonexistent/ca.pem: No such file or directory; "
        + "name a PEM file that the service may read.")
  }
}
