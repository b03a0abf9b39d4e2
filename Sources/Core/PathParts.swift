/// A path, cut at its last slash.
public struct PathParts: Sendable, Hashable {
  /// The directory; "/" for what lies in the root, and "." for a path without a slash.
  public let directory: Substring
  /// The last component; empty where the path ends with a slash.
  public let name: Substring

  /// The parts of `path`.
  public init(_ path: String) {
    // By bytes, and not by way of the view `utf8`: characters are looked up in the tables of Unicode.
    let bytes = path.utf8Span.span
    guard let offset = bytes.indices.last(where: { bytes[$0] == UInt8(ascii: "/") }) else {
      (directory, name) = (".", path[...])
      return
    }
    let slash = path.utf8.index(path.startIndex, offsetBy: offset)
    directory = slash == path.startIndex ? path[...slash] : path[..<slash]
    name = path[path.utf8.index(after: slash)...]
  }
}
