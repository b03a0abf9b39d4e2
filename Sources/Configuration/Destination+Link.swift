extension Destination {
  /// The link through which the file is read, `directory` and `link` of its element; nil where the file is replaced by itself.
  public var link: String? { isBehindLink ? Self.parent(of: file) : nil }

  /// What is replaced when the secret is published, an absolute path: the link, or the file.
  public var replaced: String { link ?? file }

  /// The last component of `file`.
  public var fileName: String { Self.fileName(of: file) }

  /// The directory of an absolute path.
  static func parent(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? path
  }
}
