internal import Core
internal import Store

/// A token that a replacement has left behind and that is to be deleted, as the control socket tells it.
struct PendingDeletion {
  /// The entry that it was of.
  var entry: String
  /// Nil where it is looked for what a creation without an answer may have made.
  var tokenID: String?
  /// When it is deleted, or that is tried again.
  var due: Timestamp
  /// Why the last try failed; nil where none has.
  var trouble: String?
  /// Since when it fails, as far as this run of the service knows.
  var failingSince: Timestamp?

  init(_ deletion: Deletion, _ failure: DeletionQueue.Failure?) {
    entry = deletion.entry
    tokenID = deletion.tokenID
    due = deletion.due
    trouble = failure?.reason
    failingSince = failure?.since
  }
}
