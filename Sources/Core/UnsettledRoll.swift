/// The durable record of a roll between intent and settlement: what a restart finds.
public struct UnsettledRoll: Sendable, Equatable {
  /// How far it is known to have come.
  public enum Stage: String, Sendable, CaseIterable {
    /// The request may have been sent.
    case intended
    /// The roll took place, its secret is lost, and the cure has not been sent.
    case lost
  }

  /// Its identity.
  public var id: RollID
  /// Why it was begun.
  public var cause: RollCause
  /// How far it came.
  public var stage: Stage
  /// When the intent was recorded.
  public var startedAt: Timestamp
  /// The fingerprint of the secret that was in force before, where that was known.
  public var oldFingerprint: Fingerprint?
  /// The token's `modified_on` before, where it was asked for.
  public var modifiedOn: Timestamp?
  /// Whether an earlier request may still take effect after this one.
  public var needsConfirmation: Bool
  /// Whether the new secret lies in escrow.
  public var isEscrowed: Bool
  /// Whether the request creates a token in the place of another, instead of rolling it.
  public var isReplacement = false
  /// The token that was created, by the name of its escrow; not kept otherwise.
  public var newTokenID: String?

  /// A record of these parts.
  public init(
    id: RollID, cause: RollCause, stage: Stage = .intended, startedAt: Timestamp,
    oldFingerprint: Fingerprint? = nil, modifiedOn: Timestamp? = nil, needsConfirmation: Bool = false,
    isEscrowed: Bool = false
  ) {
    self.id = id
    self.cause = cause
    self.stage = stage
    self.startedAt = startedAt
    self.oldFingerprint = oldFingerprint
    self.modifiedOn = modifiedOn
    self.needsConfirmation = needsConfirmation
    self.isEscrowed = isEscrowed
  }
}
