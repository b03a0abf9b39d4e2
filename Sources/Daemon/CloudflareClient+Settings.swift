internal import CloudflareAPI
internal import Configuration

extension CloudflareClient {
  /// A client as the configuration asks for it.
  nonisolated convenience init(_ api: APISettings) throws(ClientError) {
    try self.init(
      baseURL: api.baseURL, timeout: api.timeout, connectTimeout: api.connectTimeout, caFile: api.caFile,
      maxConnections: api.maxInFlight, userAgent: "tokenroll/\(Version.current)")
  }
}
