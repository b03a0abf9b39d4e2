internal import Core
internal import JSON

extension ConfigurationDecoder {
  func verifyParts(_ node: JSONNode) -> VerifyParts {
    var parts = VerifyParts()
    let isObject = members(of: node, ConfigurationKey.Verify.self) { key, value in
      switch key {
      case .afterRoll: parts.afterRoll = boolean(value)
      case .timeout: parts.timeout = span(value, in: .zero ... .hours(1))
      case .every: parts.every = span(value, in: .seconds(1)...Self.longest)
      case .onDrift: parts.onDrift = choice(value, VerifySettings.DriftReaction.self)
      case .expiryWarning: parts.expiryWarning = span(value, in: .zero...Self.longest)
      }
    }
    return isObject ? parts : .refused
  }

  /// The settings of an entry: its own parts (nil where it has none) over the defaults.
  func verifySettings(_ own: VerifyParts?) -> VerifySettings? {
    (own?.over(defaults.verify) ?? defaults.verify).settings.map { sharedVerifySettings.shared($0) }
  }
}
