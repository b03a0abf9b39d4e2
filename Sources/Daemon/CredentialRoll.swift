internal import Core

/// What a roll has in hand beside what every roll has, where its token is a credential of the service.
struct CredentialRoll {
  /// The credential; a reload changes nothing about a roll that was begun.
  let name: String
  let ticket: CredentialTurns.Ticket
  /// By what the secret is recognised that was in use when the roll was begun.
  let former: Fingerprint?
  var preparation: CredentialSuccession.Preparation?
  /// Whether requests with the credential are held back.
  var isHeld = false
  /// Whether the new secret of the roll in hand is in use.
  var isRenewed = false
}
