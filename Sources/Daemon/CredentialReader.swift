internal import Configuration
internal import Core
internal import Glibc
internal import Platform

/// Reads credentials from their files, anew each time: a changed file is in use at the next roll, without a copy here.
struct CredentialReader {
  /// `$CREDENTIALS_DIRECTORY`, in which relative names are looked up.
  var directory: String?

  /// The largest credential that is accepted, in bytes.
  private static let limit = 4_096

  /// The path of the file behind `source`.
  func path(of source: CredentialSource, name: String) throws(SystemError) -> String {
    guard !source.file.hasPrefix("/") else { return source.file }
    guard let directory else {
      throw SystemError(
        "cannot read the credential \"\(name)\"", nil, code: 0,
        context: "credentials.\(name).file is the relative name \"\(source.file)\", and $CREDENTIALS_DIRECTORY is not "
          + "set; give the unit a LoadCredential=\(source.file):PATH, or write an absolute path")
    }
    return directory + "/" + source.file
  }

  /// The credential in `source`, without white space at its end.
  ///
  /// Throws where the file cannot be read, is empty, or holds something that no `Authorization` header can carry.
  func read(_ source: CredentialSource, name: String) throws(SystemError) -> Secret {
    let path = try path(of: source, name: name)
    let content = try AtomicFile.readFile(path, limit: Self.limit, allowSymbolicLink: true)
    return try content.withBytes { (bytes) throws(SystemError) in
      var end = bytes.count
      while end > 0, bytes[end - 1] <= UInt8(ascii: " ") { end -= 1 }
      let trimmed = UnsafeRawBufferPointer(rebasing: bytes[..<end])
      guard !trimmed.isEmpty else {
        throw SystemError("cannot use the credential \"\(name)\" in", path, code: 0, context: "the file is empty")
      }
      guard trimmed.allSatisfy({ (0x21...0x7e).contains($0) }) else {
        throw SystemError(
          "cannot use the credential \"\(name)\" in", path, code: 0,
          context: "it holds white space or other characters that a token cannot have; the file must hold the token alone")
      }
      return Secret(copying: trimmed)
    }
  }
}
