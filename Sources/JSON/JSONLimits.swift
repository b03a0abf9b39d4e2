/// How much is read, and what becomes of a key that an object has twice.
public struct JSONLimits: Sendable, Equatable {
  /// What becomes of a key that an object has twice.
  public enum DuplicateKeys: Sendable {
    /// The text is refused at the second of them.
    case refuse
    /// Both are kept, for a reader that reports them itself: see ``JSONNode/repeatedMembers``.
    case keep
  }

  /// How many arrays and objects may lie in one another.
  public var maxDepth: Int
  /// The length of the longest text, in bytes; more than 1 GiB counts as 1 GiB.
  public var maxBytes: Int
  /// What becomes of a key that an object has twice.
  public var duplicateKeys: DuplicateKeys

  /// Limits; the defaults are 64 levels, 64 MiB, and no key twice.
  public init(maxDepth: Int = 64, maxBytes: Int = 64 << 20, duplicateKeys: DuplicateKeys = .refuse) {
    self.maxDepth = maxDepth
    self.maxBytes = maxBytes
    self.duplicateKeys = duplicateKeys
  }
}
