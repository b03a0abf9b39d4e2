public import Glibc

/// A file to be published: where, with which rights, and what is tolerated on the way there.
public struct FileSpecification: Sendable, Hashable {
  /// An absolute path.
  public var path: String
  /// The permission bits, 0 to 0o7777.
  public var mode: UInt16
  /// The owner; nil is the user that the process runs as.
  public var owner: uid_t?
  /// The group; nil is the group that the process runs as.
  public var group: gid_t?
  /// Whether the directory or the file may be a symbolic link; the file that a link leads to is then replaced.
  public var allowSymbolicLink: Bool
  /// Whether others than root and the process may be able to write to the directory or to one above it.
  public var allowWritableByOthers: Bool
  /// How many former contents stay beside the file, as `NAME.1`, the newest, to `NAME.10` at most; nil leaves alone what
  /// is there.
  public var keepPrevious: Int?

  /// A file of these parts.
  public init(
    path: String, mode: UInt16 = 0o600, owner: uid_t? = nil, group: gid_t? = nil,
    allowSymbolicLink: Bool = false, allowWritableByOthers: Bool = false,
    keepPrevious: Int? = nil
  ) {
    self.path = path
    self.mode = mode
    self.owner = owner
    self.group = group
    self.allowSymbolicLink = allowSymbolicLink
    self.allowWritableByOthers = allowWritableByOthers
    self.keepPrevious = keepPrevious
  }
}
