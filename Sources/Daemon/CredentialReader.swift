internal import Configuration
internal import Core
internal import Glibc
internal import Platform
internal import Store
internal import Systemd

/// Reads credentials from their files, anew each time: a changed file is in use at the next roll, without a copy here.
struct CredentialReader {
  /// What was found.
  struct Reading {
    /// The secret that is in use.
    var secret: Secret
    /// By what the secret in the credential's own file is recognised.
    var predecessor: Fingerprint
    /// The credential's own file.
    var file: String
    /// Where the secret lies that a roll of the service gave to the credential in place of the one in its file, and since when.
    var successor: (path: String, since: Timestamp)?

    /// "/etc/x can be read", or where the secret is read instead.
    var sentence: String {
      guard let successor else { return "\(file) can be read" }
      return
        "it is read from \(successor.path), where a roll put it at \(successor.since.rfc3339), for \(file) still holds the "
        + "secret from before"
    }
  }

  /// In which relative names are looked up.
  let directory: CredentialsDirectory
  /// What is read where there is no file.
  var standIn: Secret?
  /// What rolls of the service gave to credentials; nil where the files alone count.
  var successors: Successors?

  /// The largest credential that is accepted, in bytes.
  private static let limit = 4_096

  /// The credential in `source`, or what succeeded it, without white space at its end.
  ///
  /// Throws where a file cannot be read, is empty, or holds something that no `Authorization` header can carry.
  func read(_ source: CredentialSource, name: String) throws(SystemError) -> Reading {
    var reading: Reading
    if let path = try path(of: source, name: name) {
      let secret = try trimmed(
        try AtomicFile.readFile(path, limit: Self.limit, allowSymbolicLink: true), path, name: name)
      reading = Reading(secret: secret, predecessor: secret.fingerprint, file: path)
    } else if let standIn {
      reading = Reading(secret: standIn, predecessor: standIn.fingerprint, file: "the environment")
    } else {
      throw SystemError("cannot read the credential \"\(name)\"", code: 0, context: "there is no file of it")
    }
    guard let successors, let successor = try successors.find(after: reading.predecessor) else {
      return reading
    }
    reading.secret = try trimmed(try successors.read(successor.path), successor.path, name: name)
    reading.successor = (successor.path, try FileAttributes(of: successor.path).modified)
    return reading
  }

  /// The credential's own file; nil where there is none and another secret stands in for it.
  private func path(of source: CredentialSource, name: String) throws(SystemError) -> String? {
    do throws(SystemdError) {
      let path = try directory.resolve(source.file)
      return standIn != nil && access(path, F_OK) != 0 && errno == ENOENT ? nil : path
    } catch {
      if standIn != nil { return nil }
      throw SystemError("cannot read the credential \"\(name)\"", code: 0, context: error.description)
    }
  }

  private func trimmed(_ content: Secret, _ path: String, name: String) throws(SystemError) -> Secret {
    do throws(Secret.Malformation) {
      return try content.trimmed()
    } catch {
      throw SystemError(
        "cannot use the credential \"\(name)\" in", path, code: 0, context: "the file \(error.reason)")
    }
  }
}
