internal import Glibc

/// The directory in which systemd puts the service's credentials (systemd.exec(5), LoadCredential=).
public struct CredentialsDirectory: Sendable, Hashable {
  /// `$CREDENTIALS_DIRECTORY`; nil where systemd gave none.
  public let path: String?

  /// A directory at `path`.
  public init(path: String?) { self.path = path }

  /// The directory of this process.
  public static var current: CredentialsDirectory {
    CredentialsDirectory(path: getenv("CREDENTIALS_DIRECTORY").map { String(cString: $0) })
  }

  /// The absolute path of `file`: itself where it is absolute, else a credential of that name.
  ///
  /// Throws where the name has a slash or is `.` or `..`, or where systemd gave no directory.
  public func resolve(_ file: String) throws(SystemdError) -> String {
    if file.hasPrefix("/") { return file }
    guard !file.isEmpty, !file.contains("/"), file != ".", file != ".." else {
      throw SystemdError(
        .other, "cannot find credential", "\"\(file)\"", reason: "that is neither an absolute path nor a name"
      )
    }
    guard let path, path.hasPrefix("/") else {
      throw SystemdError(
        .other, "cannot find credential", file,
        reason:
          "$CREDENTIALS_DIRECTORY is not set; give the unit LoadCredential=\(file):…, or name an absolute path"
      )
    }
    return path.hasSuffix("/") ? path + file : "\(path)/\(file)"
  }
}
