internal import Core

/// The members of a `verify`, before those of the defaults stand in for the ones that it lacks.
struct VerifyParts: Sendable {
  var afterRoll = Field<Bool>.absent
  var timeout = Field<TimeSpan>.absent
  var every = Field<TimeSpan>.absent
  var onDrift = Field<VerifySettings.DriftReaction>.absent
  var expiryWarning = Field<TimeSpan>.absent

  /// Refused as a whole: nothing can be said about what it holds.
  static var refused: VerifyParts {
    VerifyParts(
      afterRoll: .refused, timeout: .refused, every: .refused, onDrift: .refused, expiryWarning: .refused)
  }

  /// These parts over `defaults`.
  func over(_ defaults: VerifyParts) -> VerifyParts {
    VerifyParts(
      afterRoll: afterRoll.or(defaults.afterRoll), timeout: timeout.or(defaults.timeout),
      every: every.or(defaults.every), onDrift: onDrift.or(defaults.onDrift),
      expiryWarning: expiryWarning.or(defaults.expiryWarning))
  }

  /// The settings; nil where a part is refused.
  var settings: VerifySettings? {
    guard !afterRoll.isRefused, !timeout.isRefused, !every.isRefused, !onDrift.isRefused,
      !expiryWarning.isRefused
    else { return nil }
    let standard = VerifySettings.standard
    return VerifySettings(
      afterRoll: afterRoll.value ?? standard.afterRoll, timeout: timeout.value, every: every.value,
      onDrift: onDrift.value ?? standard.onDrift,
      expiryWarning: expiryWarning.value ?? standard.expiryWarning)
  }
}
