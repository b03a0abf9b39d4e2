internal import Core

extension Destination {
  /// The link through which the file is read, `directory` and `link` of its element; nil where the file is replaced by itself.
  public var link: String? { isBehindLink ? String(PathParts(file).directory) : nil }

  /// What is replaced when the secret is published, an absolute path: the link, or the file.
  public var replaced: String { link ?? file }

  /// The last component of `file`.
  public var fileName: String { String(PathParts(file).name) }
}
