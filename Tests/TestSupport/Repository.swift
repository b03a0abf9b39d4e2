/// The files of the repository.
public enum Repository {
  /// The absolute path of the file at `path` from its root.
  public static func path(_ path: String) -> String {
    "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/" + path
  }

  /// The text of the file at `path` from its root.
  public static func text(_ path: String) throws -> String {
    String(decoding: try contents(of: Self.path(path)), as: UTF8.self)
  }
}
