public import Core
public import Platform

/// The directory of the state in which new secrets lie, 0600, from their arrival until they are published.
///
/// A file's name says what it is for without the database: `ENTRY.TOKEN.ROLL`.
public struct Escrow: Sendable {
  /// The name of the directory in the state directory.
  public static let directoryName = "escrow"
  /// Bytes that are allocated for a secret ahead; the API documents 40 to 80.
  public static let capacity = 4_096
  /// The largest secret that is read back; more than the API client accepts of a whole answer.
  private static let readLimit = 2 << 20

  private let directory: String

  /// The escrow in the state directory `stateDirectory`, which exists with mode 0700.
  public init(stateDirectory: String) { directory = Self.path(in: stateDirectory) }

  static func path(in stateDirectory: String) -> String { stateDirectory + "/" + directoryName }

  /// Makes the directory where it is missing.
  public func create() throws(SystemError) {
    try makeDirectory(directory, mode: 0o700)
  }

  /// Where the secret of `roll` lies.
  public func path(of roll: RollID, entry: String, token: String) -> String {
    "\(directory)/\(Self.name(of: roll, entry: entry, token: token))"
  }

  /// The name of the file in which the secret of `roll` lies.
  public static func name(of roll: RollID, entry: String, token: String) -> String {
    "\(entry).\(token).\(roll)"
  }

  /// Prepares the file for a secret that is still to come: rights and blocks are had before the request is sent.
  public func prepare(_ roll: RollID, entry: String, token: String) throws(SystemError) -> AtomicFile {
    try AtomicFile(
      preparing: FileSpecification(path: path(of: roll, entry: entry, token: token), mode: 0o600),
      capacity: Self.capacity)
  }

  /// The secret in the escrow file `path`.
  public func read(_ path: String) throws(SystemError) -> Secret {
    try AtomicFile.readFile(path, limit: Self.readLimit)
  }

  /// Overwrites and removes the escrow file `path`.
  public func erase(_ path: String) throws(SystemError) {
    try AtomicFile.secureErase(path)
  }

  /// The paths of all secrets in escrow with the rolls and tokens that they belong to; nil for a name that is none of ours.
  ///
  /// Unfinished temporaries are removed first: they were never durable, so that nobody relies on them.
  public func contents() throws(SystemError) -> [(path: String, roll: RollID?, token: String?)] {
    var found: [(path: String, roll: RollID?, token: String?)] = []
    for name in try fileNames(in: directory) {
      let path = directory + "/" + name
      let parts = name.split(separator: ".")
      let last = parts.last
      if name.hasPrefix("."), last?.hasPrefix("tokenroll-") == true {
        try AtomicFile.secureErase(path)
      } else {
        found.append((path, last.flatMap { RollID($0) }, parts.dropLast().last.map(String.init)))
      }
    }
    return found
  }
}
