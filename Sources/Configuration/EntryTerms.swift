internal import Core

/// What many entries have in common: everything but the name, the tokens and the files.
struct EntryTerms: Sendable, Hashable {
  var enabled: Bool
  var accountID: String
  var grace: TimeSpan?
  var credential: String
  var provide: String?
  var schedule: Schedule
  var reload: [String]
  var verify: VerifySettings
  var run: [Program]
  var onFailure: [Program]
  var onRecovery: [Program]
}
