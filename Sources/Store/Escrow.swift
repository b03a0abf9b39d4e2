public import Core
public import Platform

/// The directory of the state in which new secrets lie, 0600, from their arrival until they are published.
///
/// A file's name says what it is for without the database: `ENTRY.TOKEN.ROLL`, and `ENTRY.TOKEN.ROLL.cred` where the secret in
/// it is encrypted. Both are known by their names, whichever new ones are kept in.
public struct Escrow: Sendable {
  /// The name of the directory in the state directory.
  public static let directoryName = "escrow"
  /// Bytes that are allocated ahead for what is kept of a secret; the API documents 40 to 80 for the secret itself.
  public static let capacity = 4_096
  /// The last part of the name where the secret is encrypted.
  private static let encryptedSuffix = ".cred"
  /// The largest secret that is read back; more than the API client accepts of a whole answer.
  private static let readLimit = 2 << 20

  private let kept: KeptDirectory
  private var directory: String { kept.path }

  /// The escrow in the state directory `stateDirectory`, which exists with mode 0700.
  public init(stateDirectory: String) {
    kept = KeptDirectory(Self.path(in: stateDirectory))
  }

  static func path(in stateDirectory: String) -> String { stateDirectory + "/" + directoryName }

  /// Makes the directory where it is missing.
  public func create() throws(SystemError) {
    try makeDirectory(directory, mode: 0o700)
  }

  /// Where the secret of `roll` lies.
  public func path(of roll: RollID, entry: String, token: String, _ form: EscrowForm = .plain) -> String {
    "\(directory)/\(Self.name(of: roll, entry: entry, token: token, form))"
  }

  /// The name of the file in which the secret of `roll` lies.
  public static func name(
    of roll: RollID, entry: String, token: String, _ form: EscrowForm = .plain
  ) -> String {
    "\(entry).\(token).\(roll)\(form == .encrypted ? encryptedSuffix : "")"
  }

  /// How the secret lies in the escrow file `path`.
  public static func form(of path: String) -> EscrowForm {
    path.hasSuffix(encryptedSuffix) ? .encrypted : .plain
  }

  /// Prepares the file for a secret that is still to come: rights and `capacity` bytes are had before the request is sent.
  public func prepare(
    _ roll: RollID, entry: String, token: String, capacity: Int = Self.capacity
  ) throws(SystemError) -> AtomicFile {
    try AtomicFile(
      preparing: FileSpecification(path: path(of: roll, entry: entry, token: token), mode: 0o600), in: kept,
      capacity: capacity)
  }

  /// What is in the escrow file `path`: the secret, or its encryption.
  public func read(_ path: String) throws(SystemError) -> Secret {
    try AtomicFile.readFile(path, limit: Self.readLimit)
  }

  /// Overwrites and removes the escrow file `path`, and one of the same roll in the other form.
  public func erase(_ path: String) throws(SystemError) {
    let name = String(path.dropFirst(directory.utf8.count + 1))
    let other =
      Self.form(of: path) == .encrypted
      ? String(name.dropLast(Self.encryptedSuffix.count)) : name + Self.encryptedSuffix
    // Both are there where the form was changed while the one could not be made durable.
    try AtomicFile.secureErase([name, other], in: kept)
  }

  /// The paths of all secrets in escrow with the rolls and tokens that they belong to; nil for a name that is none of ours.
  ///
  /// Where a roll has one in both forms it is there once, with the one that can be read at once. Unfinished temporaries are
  /// removed first: they were never durable, so that nobody relies on them.
  public func contents() throws(SystemError) -> [(path: String, roll: RollID?, token: String?)] {
    var found: [(path: String, roll: RollID?, token: String?)] = []
    let names = Set(try fileNames(in: directory))
    for name in names {
      let path = directory + "/" + name
      var parts = name.split(separator: ".")
      if name.hasPrefix("."), parts.last?.hasPrefix("tokenroll-") == true {
        try AtomicFile.secureErase(path)
        continue
      }
      if Self.form(of: name) == .encrypted {
        if names.contains(String(name.dropLast(Self.encryptedSuffix.count))) { continue }
        parts.removeLast()
      }
      found.append((path, parts.last.flatMap { RollID($0) }, parts.dropLast().last.map(String.init)))
    }
    return found
  }
}
