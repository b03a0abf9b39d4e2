/// What the roll machine wants done. Each but `report` and `wake` is answered by an event.
public enum RollEffect: Sendable, Equatable {
  /// Try everything that could fail after the request: `prepared` or `notReady`.
  case prepare
  /// Ask the API for the token, and for the standing of an unproven old secret: `inspected` or `notInspected`.
  case inspect(old: OldSecret)
  /// Make the intent durable, in the place of an earlier one: `intentRecorded` or `intentNotRecorded`.
  case recordIntent(Intent)
  /// Send the request, once: `rolled` or `notRolled`.
  case send
  /// Take the intent back, and keep `outcome` in the history; answered by nothing, since a record that stays is
  /// resolved like a crash.
  case withdraw(RollOutcome, reason: String, owesCure: Bool)
  /// Make the new secret durable: `escrowed` or `notEscrowed`.
  case escrow
  /// Bring the new secret to every destination: `published` or `notPublished`.
  case publish
  /// Ask `/tokens/verify` with the new secret: `standing`.
  case verify
  /// Ask `/tokens/verify` with the secret that was in force before: `standing`.
  case askOld
  /// Ask when the token was last modified: `modified` or `notModified`.
  case askModified
  /// Write the history, then erase the escrow: `settled` or `notSettled`.
  case settle(RollOutcome, detail: String?)
  /// Begin a curing roll at once: `due`.
  case rollAgain
  /// Come back after this time, on the clock that counts suspend: `due` while backing off, `wake` else.
  case wake(after: TimeSpan)
  /// Tell the operator; the performer adds the entry, the token and the roll.
  case report(Event)
}

/// What the record of an intent holds beside the identity of its roll.
public struct Intent: Sendable, Equatable {
  /// The token's `modified_on` before the roll, where it was asked for.
  public var modifiedOn: Timestamp?
  /// Whether the secret in the first destination is known to be in force.
  public var oldIsInForce: Bool
  /// Whether an earlier request may still take effect after this one.
  public var needsConfirmation: Bool
}
