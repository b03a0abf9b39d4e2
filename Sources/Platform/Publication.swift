/// What became of a publication that succeeded: what the operator should know about it.
public struct Publication: Sendable, Hashable {
  /// Something about the replaced file that is no failure, but may surprise.
  public enum Notice: Sendable, Hashable, CustomStringConvertible {
    /// The replaced file had other names, which keep the old contents.
    case hardLinks(path: String, count: Int)
    /// An extended attribute of the replaced file (its label or its access control list) could not be carried over.
    case attributeLost(name: String, SystemError)
    /// The file system does not know fsync(2) on directories, so the new name may not survive a power failure.
    case directoryNotSynced(SystemError)

    /// A full sentence.
    public var description: String {
      switch self {
      case .hardLinks(let path, let count):
        "\(path) has \(count) names; the others keep the old contents when this one is replaced"
      case .attributeLost(let name, let error):
        "the attribute \(name) of the replaced file was not kept: \(error)"
      case .directoryNotSynced(let error):
        "the new name may not survive a power failure: \(error)"
      }
    }
  }

  /// Why the file has narrower rights than configured (mode 0600 at most, and the process as its owner); nil where it
  /// has those that were asked for.
  public var narrowed: SystemError?
  /// Why the former content was not kept as configured; nil where it was, and where none was to be.
  public var unkept: SystemError?
  /// What may surprise.
  public var notices: [Notice]
}
