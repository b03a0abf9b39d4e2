internal import Core
internal import JSON

/// How an entry's token gets a new secret, as it is written: `strategy` and `grace`.
struct StrategyFields {
  enum Strategy: String, CaseIterable {
    /// The token gets a new secret, and the old one is dead at once.
    case roll
    /// Another token takes its place, and the old one is deleted later.
    case replace
  }

  var strategy = Field<Strategy>.absent
  var grace = Field<TimeSpan>.absent
}

extension ConfigurationDecoder {
  private static let usualGrace = TimeSpan.hours(1)

  func grace(_ node: JSONNode) -> Field<TimeSpan> { span(node, in: .zero...TimeSpan.days(28)) }

  /// How long a replaced token stays; absent where the token is rolled.
  func grace(_ fields: StrategyFields, isPair: Bool, isProvider: Bool) -> Field<TimeSpan> {
    guard case .given(.replace, let offset) = fields.strategy else {
      if case .given(_, let offset) = fields.grace, !fields.strategy.isRefused {
        log.add(
          "\"grace\" is for an entry with \"strategy\": \"replace\"; a roll ends the old secret at once",
          at: offset)
        return .refused
      }
      return fields.strategy.isRefused ? .refused : fields.grace
    }
    if isPair {
      log.add(
        "a pair (\"token_ids\") is never replaced: its tokens are rolled in turn; \"replace\" is for a single token",
        at: offset)
      return .refused
    }
    if isProvider {
      log.add(
        "a credential (\"provide\") is rolled, for one credential has to cure the other; it is not replaced",
        at: offset)
      return .refused
    }
    return fields.grace.or(.given(Self.usualGrace, offset: offset))
  }
}
