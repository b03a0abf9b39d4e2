internal import CCurl
internal import Core
internal import Glibc

/// How requests are made.
struct TransportSettings: Sendable {
  /// The address of the API, without a slash at the end.
  let baseURL: String
  /// The host of the address, with a port that is not the usual one: for messages.
  let host: String
  /// True for https.
  let isSecure: Bool
  /// The limit for a whole request.
  let timeoutMilliseconds: Int
  /// The limit until the connection and its TLS session stand.
  let connectTimeoutMilliseconds: Int
  /// Certificates to trust instead of the system's.
  let caFile: String?
  /// Requests at the same time, each on a connection of its own.
  let maxConnections: Int
  /// `User-Agent`.
  let userAgent: String

  init(
    baseURL: String, timeout: TimeSpan, connectTimeout: TimeSpan, caFile: String?, maxConnections: Int,
    userAgent: String
  ) throws(ClientError) {
    let address = try Address(baseURL)
    host = address.host
    isSecure = address.isSecure
    self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
    timeoutMilliseconds = try Self.milliseconds(timeout, of: "timeout")
    connectTimeoutMilliseconds = try Self.milliseconds(connectTimeout, of: "connect_timeout")
    if let caFile, access(caFile, R_OK) != 0 {
      throw ClientError(
        "Cannot read the certificates in ca_file \(printable(caFile)): \(String(cString: strerror(errno))); "
          + "name a PEM file that the service may read.")
    }
    self.caFile = caFile
    guard (1...256).contains(maxConnections) else {
      throw ClientError("Cannot make \(maxConnections) requests at the same time: max_in_flight is 1 to 256.")
    }
    self.maxConnections = maxConnections
    guard !userAgent.isEmpty, userAgent.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
      throw ClientError("Cannot use the user agent \(printable(userAgent)): it must be printable ASCII.")
    }
    self.userAgent = userAgent
  }

  /// libcurl counts in a C int of milliseconds, and takes 0 for no limit at all.
  private static func milliseconds(_ span: TimeSpan, of name: String) throws(ClientError) -> Int {
    guard (TimeSpan.milliseconds(1)...TimeSpan.hours(24)).contains(span) else {
      throw ClientError("Cannot use the \(name) of \(span.microseconds) µs: it must be 1 ms to 24 h.")
    }
    return Int(span.microseconds / 1_000)
  }

  /// The parts of an address, as libcurl reads it, so that what is checked is what is used.
  private struct Address {
    let host: String
    let isSecure: Bool

    init(_ text: String) throws(ClientError) {
      let url = curl_url()
      defer { curl_url_cleanup(url) }
      guard let url, curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK,
        let scheme = Self.part(url, CURLUPART_SCHEME), ["http", "https"].contains(scheme),
        let name = Self.part(url, CURLUPART_HOST), !name.isEmpty
      else {
        throw ClientError(
          "Cannot use base_url \(printable(text)): it is no http or https address, "
            + "such as https://api.cloudflare.com/client/v4.")
      }
      let excess = [CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT]
      guard excess.allSatisfy({ Self.part(url, $0) == nil }) else {
        throw ClientError(
          "Cannot use base_url, since it has a user, a password, a query or a fragment: leave scheme, host, port and path."
        )
      }
      isSecure = scheme == "https"
      host = Self.part(url, CURLUPART_PORT).map { "\(printable(name)):\($0)" } ?? printable(name)
    }

    private static func part(_ url: OpaquePointer, _ part: CURLUPart) -> String? {
      var text: UnsafeMutablePointer<CChar>?
      guard curl_url_get(url, part, &text, 0) == CURLUE_OK, let text else { return nil }
      defer { curl_free(text) }
      return String(cString: text)
    }
  }
}
