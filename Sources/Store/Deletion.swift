public import Core

/// A token that is to be deleted, or one that the creation of a roll may have made and nobody has heard of.
public struct Deletion: Sendable, Equatable {
  /// By which it is kept.
  public var id: Int64
  /// The row of the entry's token.
  public var token: Int64
  /// The account.
  public var accountID: String
  /// The token; nil where there may be one, whose name says its roll.
  public var tokenID: String?
  /// The roll that replaced it, or that may have created it.
  public var roll: RollID
  /// The entry's name at the time.
  public var entry: String
  /// The name of the entry's credential at the time.
  public var credential: String
  /// When it is to be deleted, or looked for.
  public var due: Timestamp
  /// Until when it is looked for.
  public var until: Timestamp?
  /// How often it was tried in vain, or looked for.
  public var failures: Int
  /// Nil where the last try, if there was one, did not fail.
  public var trouble: Trouble?

  /// Why and since when the tries fail.
  public struct Trouble: Sendable, Equatable {
    /// Since when all of them failed.
    public var since: Timestamp
    /// Why the last one did.
    public var reason: String

    /// Failures since a time.
    public init(since: Timestamp, reason: String) {
      self.since = since
      self.reason = reason
    }
  }

  /// The same, where the search would end sooner than an hour after `now`, which is longer than a request can be late; nil where
  /// it is long enough. A clock that was set forward, or wrong before a restart, would else end it at once.
  public func lookedFor(since now: Timestamp) -> Deletion? {
    guard let until, until < now + .hours(1) else { return nil }
    var deletion = self
    deletion.until = now + .hours(1)
    return deletion
  }
}

/// What a replacement has changed once it is over.
public struct Replacement: Sendable, Equatable {
  /// The token that is in force from now on; nil where it is the one from before.
  public var currentID: String?
  /// The other one, which is to be deleted.
  public var surplusID: String
  /// When.
  public var due: Timestamp

  /// A change of these parts.
  public init(currentID: String?, surplusID: String, due: Timestamp) {
    self.currentID = currentID
    self.surplusID = surplusID
    self.due = due
  }
}
