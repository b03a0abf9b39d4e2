extension Destination {
  /// The variable or member that holds the secret: `key`, or what the format uses without one.
  public var effectiveKey: String { key ?? format.defaultKey ?? "token" }
}

extension Destination.Format {
  /// The variable or member that holds the secret where the configuration names none; nil where the format fixes it.
  var defaultKey: String? {
    switch self {
    case .env: "CLOUDFLARE_API_TOKEN"
    case .json: "token"
    case .raw, .r2Env, .r2JSON, .template, .credential: nil
    }
  }
}
