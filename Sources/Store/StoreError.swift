/// Why the state could not be read or written: what was tried, on which file, the cause, and the cure.
public struct StoreError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What kind of trouble it is; the service treats them differently.
  public enum Kind: Sendable, Equatable {
    /// A statement failed: no space, no rights, an I/O error. It may pass.
    case failed
    /// The file is not a database, or it is damaged.
    case corrupt
    /// The file was written by a later version.
    case newer
    /// The file belongs to another machine.
    case foreign
  }

  /// The kind of trouble.
  public var kind: Kind
  /// A sentence without a final stop.
  public var description: String

  init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}
