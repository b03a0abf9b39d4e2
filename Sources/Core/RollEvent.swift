/// What the roll machine is told.
public enum RollEvent: Sendable, Equatable {
  /// A roll is to begin, under a new identity.
  case due(RollID, RollCause)
  /// The service started and found a roll that had not settled.
  case recovered(UnsettledRoll)
  /// Everything that could fail after the request has been tried; `old` is the secret in the first destination.
  case prepared(old: OldSecret)
  /// Something that a roll needs is not ready. Nothing was sent.
  case notReady(String, errno: Int32?)
  /// The roll has to wait, through no fault of anything: a window of `not_during` began meanwhile.
  case postponed(for: TimeSpan)
  /// The API was asked about the token before its first roll.
  case inspected(modifiedOn: Timestamp?, old: Standing)
  /// The API did not say anything about the token.
  case notInspected(APIFailure)
  /// The intent is durable.
  case intentRecorded
  /// The intent could not be made durable. Nothing was sent.
  case intentNotRecorded(String)
  /// The API gave a new secret; `warning` where it has an unexpected form.
  case rolled(warning: String?)
  /// The API gave no new secret.
  case notRolled(APIFailure)
  /// The new secret is durable.
  case escrowed
  /// The new secret could not be made durable; it is in memory only.
  case notEscrowed(String)
  /// Every destination has the new secret; `narrowed` names those that got narrower rights than configured.
  case published(narrowed: [String])
  /// A destination has the new secret since before a restart.
  case alreadyPublished
  /// At least one destination has not got it.
  case notPublished(String, errno: Int32?)
  /// The answer about the old secret (uncertain) or the new one (verification).
  case standing(Standing)
  /// When the token was last modified, as the API says it; nil where it says nothing.
  case modified(Timestamp?)
  /// The API could not be asked when the token was last modified.
  case notModified(APIFailure)
  /// The history is written.
  case settled
  /// The history could not be written.
  case notSettled(String)
  /// The wait that the machine asked for is over.
  case wake
}

/// What preflight found in the first destination.
public enum OldSecret: Sendable, Equatable {
  /// The secret that our own last roll published and verified.
  case ours
  /// A secret that is not known to be in force.
  case unproven
  /// None.
  case absent
}
