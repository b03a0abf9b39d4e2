/// A path, cut at its last slash.
public struct PathParts: Sendable, Hashable {
  /// The directory; "/" for what lies in the root, and "." for a path without a slash.
  public let directory: Substring
  /// The last component; empty where the path ends with a slash.
  public let name: Substring

  /// The parts of `path`.
  public init(_ path: String) {
    // By bytes: characters are looked up in the tables of Unicode.
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else {
      (directory, name) = (".", path[...])
      return
    }
    directory = slash == path.startIndex ? path[...slash] : path[..<slash]
    name = path[path.utf8.index(after: slash)...]
  }
}
