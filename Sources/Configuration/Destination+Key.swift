extension Destination {
  /// The variable or member that holds the secret: `key`, or what the format uses without one.
  public var effectiveKey: String {
    if let key { return key }
    return format == .env ? "CLOUDFLARE_API_TOKEN" : "token"
  }
}
