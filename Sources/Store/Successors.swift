public import Core
internal import Glibc
public import Platform

/// The directory of the state in which the secrets lie, 0600, that rolls of the service gave to its own credentials.
///
/// A file is named `CREDENTIAL.FINGERPRINT` after the secret in the credential's own file, and is in force in its place for as
/// long as that file holds this secret. It is found by the fingerprint, so that a credential may be given another name.
public struct Successors: Sendable {
  /// One file of the directory.
  public struct Item: Sendable, Equatable {
    /// The whole path.
    public var path: String
    /// The credential that it was made for.
    public var credential: String
    /// By what the secret that it succeeds is recognised, in hexadecimal digits.
    public var predecessor: String
  }

  /// The name of the directory in the state directory.
  public static let directoryName = "credentials"
  /// The largest secret that is read back.
  private static let readLimit = 64 << 10

  private let directory: String

  /// The successors in the state directory `stateDirectory`, which exists with mode 0700.
  public init(stateDirectory: String) { directory = "\(stateDirectory)/\(Self.directoryName)" }

  /// Makes the directory where it is missing.
  public func create() throws(SystemError) { try makeDirectory(directory, mode: 0o700) }

  /// Proves that a file could be written, by a throw-away one; throws what would keep it from being.
  public func prove() throws(SystemError) {
    _ = try AtomicFile.prove(FileSpecification(path: "\(directory)/credential", mode: 0o600))
  }

  /// How the successor of the secret `predecessor` of `credential` is written.
  public func specification(of credential: String, after predecessor: Fingerprint) throws(SystemError)
    -> FileSpecification
  {
    let path =
      try find(after: predecessor)?.path ?? "\(directory)/\(credential).\(predecessor.hexadecimal)"
    return FileSpecification(path: path, mode: 0o600)
  }

  /// The successor of the secret `predecessor`; nil where there is none.
  public func find(after predecessor: Fingerprint) throws(SystemError) -> Item? {
    let digits = predecessor.hexadecimal
    return try contents().first { $0.predecessor == digits }
  }

  /// All successors, in the order of their names.
  public func contents() throws(SystemError) -> [Item] {
    try names().sorted().compactMap { name in
      guard !name.hasPrefix("."), let dot = name.lastIndex(of: ".") else { return nil }
      return Item(
        path: "\(directory)/\(name)", credential: String(name[..<dot]),
        predecessor: String(name[name.index(after: dot)...]))
    }
  }

  /// The secret in the file `path`.
  public func read(_ path: String) throws(SystemError) -> Secret {
    try AtomicFile.readFile(path, limit: Self.readLimit)
  }

  /// Overwrites and removes the file `path`.
  public func erase(_ path: String) throws(SystemError) { try AtomicFile.secureErase(path) }

  /// Erases the temporaries that a crash left: they were never durable, so that nobody relies on them.
  public func removeTemporaries() throws(SystemError) {
    for name in try names() where name.hasPrefix(".") && name.contains(".tokenroll-") {
      try AtomicFile.secureErase("\(directory)/\(name)")
    }
  }

  private func names() throws(SystemError) -> [String] {
    do throws(SystemError) {
      return try fileNames(in: directory)
    } catch {
      guard error.code == ENOENT else { throw error }
      return []
    }
  }
}
