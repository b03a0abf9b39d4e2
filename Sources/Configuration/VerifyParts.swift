internal import Core

/// The members of a `verify`, before those of the defaults stand in for the ones that it lacks.
struct VerifyParts: Sendable {
  var afterRoll = Field<Bool>.absent
  var timeout = Field<TimeSpan>.absent

  /// Refused as a whole: nothing can be said about what it holds.
  static var refused: VerifyParts { VerifyParts(afterRoll: .refused, timeout: .refused) }

  /// These parts over `defaults`.
  func over(_ defaults: VerifyParts) -> VerifyParts {
    VerifyParts(afterRoll: afterRoll.or(defaults.afterRoll), timeout: timeout.or(defaults.timeout))
  }

  /// The settings; nil where a part is refused.
  var settings: VerifySettings? {
    guard !afterRoll.isRefused, !timeout.isRefused else { return nil }
    return VerifySettings(afterRoll: afterRoll.value ?? true, timeout: timeout.value)
  }
}
