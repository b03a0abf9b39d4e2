internal import Core

extension RateLimitStatus {
  /// The tightest budget that the fields `Ratelimit` and `Ratelimit-Policy` tell of; nil where they tell of none.
  ///
  /// Both forms of the draft: `"default";r=50;t=30` and the earlier `limit=100, remaining=50, reset=30`.
  init?(field: String, policy: String?) {
    let windows = policy.map(Self.windows) ?? [:]
    let statuses = Self.items(field).compactMap { item -> RateLimitStatus? in
      guard let remaining = item.parameters["r"] else { return nil }
      let seconds = item.parameters["t"] ?? windows[item.name]
      return RateLimitStatus(remaining: remaining, reset: seconds.map(Self.span))
    }
    if let tightest = statuses.min(by: { $0.remaining < $1.remaining }) {
      self = tightest
      return
    }
    // In the earlier form each parameter is an item of its own.
    var parameters: [String: Int] = [:]
    for part in field.split(whereSeparator: { $0 == "," || $0 == ";" }) {
      Self.parameter(part).map { parameters[$0.name] = $0.value }
    }
    guard let remaining = parameters["remaining"] else { return nil }
    self.init(remaining: remaining, reset: parameters["reset"].map(Self.span))
  }

  private typealias Item = (name: String, parameters: [String: Int])

  private static func items(_ field: String) -> [Item] {
    field.split(separator: ",").compactMap { text in
      let parts = text.split(separator: ";")
      guard let name = parts.first else { return nil }
      var parameters: [String: Int] = [:]
      for part in parts.dropFirst() { parameter(part).map { parameters[$0.name] = $0.value } }
      return (String(trimmed(name)), parameters)
    }
  }

  private static func windows(_ policy: String) -> [String: Int] {
    var windows: [String: Int] = [:]
    for item in items(policy) { windows[item.name] = item.parameters["w"] }
    return windows
  }

  private static func parameter(_ text: Substring) -> (name: String, value: Int)? {
    guard let equals = text.firstIndex(of: "=") else { return nil }
    guard let value = Int(trimmed(text[text.index(after: equals)...])), value >= 0 else { return nil }
    return (trimmed(text[..<equals]).lowercased(), value)
  }

  private static func trimmed(_ text: Substring) -> Substring {
    let start = text.drop { $0 == " " || $0 == "\t" }
    guard let end = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
    return start[...end]
  }

  /// A budget that is whole again in more than a day is taken to be so in a day.
  private static func span(_ seconds: Int) -> TimeSpan { .seconds(Int64(min(seconds, 86_400))) }
}
