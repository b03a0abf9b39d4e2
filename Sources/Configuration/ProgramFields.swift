/// The lists of programs that an entry and `defaults` may have.
struct ProgramFields {
  var run = Field<[Program]>.absent
  var onFailure = Field<[Program]>.absent
  var onRecovery = Field<[Program]>.absent

  /// Refused as a whole: nothing can be said about what it holds.
  static var refused: ProgramFields {
    ProgramFields(run: .refused, onFailure: .refused, onRecovery: .refused)
  }

  var isRefused: Bool { run.isRefused || onFailure.isRefused || onRecovery.isRefused }

  /// These lists over `defaults`, list by list.
  func over(_ defaults: ProgramFields) -> ProgramFields {
    ProgramFields(
      run: run.or(defaults.run), onFailure: onFailure.or(defaults.onFailure),
      onRecovery: onRecovery.or(defaults.onRecovery))
  }
}
