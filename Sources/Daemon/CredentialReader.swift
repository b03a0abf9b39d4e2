internal import Configuration
internal import Core
internal import Glibc
internal import Platform
internal import Systemd

/// Reads credentials from their files, anew each time: a changed file is in use at the next roll, without a copy here.
struct CredentialReader {
  /// In which relative names are looked up.
  let directory: CredentialsDirectory
  /// What is read where there is no file.
  var standIn: Secret?

  /// The largest credential that is accepted, in bytes.
  private static let limit = 4_096

  /// The credential in `source`, without white space at its end.
  ///
  /// Throws where the file cannot be read, is empty, or holds something that no `Authorization` header can carry.
  func read(_ source: CredentialSource, name: String) throws(SystemError) -> Secret {
    let path: String
    do throws(SystemdError) {
      path = try directory.resolve(source.file)
      if let standIn, access(path, F_OK) != 0, errno == ENOENT { return standIn }
    } catch {
      if let standIn { return standIn }
      throw SystemError("cannot read the credential \"\(name)\"", code: 0, context: error.description)
    }
    let content = try AtomicFile.readFile(path, limit: Self.limit, allowSymbolicLink: true)
    return try content.withBytes { (bytes) throws(SystemError) in
      var end = bytes.count
      while end > 0, bytes[end - 1] <= UInt8(ascii: " ") { end -= 1 }
      let trimmed = UnsafeRawBufferPointer(rebasing: bytes[..<end])
      guard !trimmed.isEmpty else {
        throw SystemError(
          "cannot use the credential \"\(name)\" in", path, code: 0, context: "the file is empty")
      }
      guard trimmed.allSatisfy({ (0x21...0x7e).contains($0) }) else {
        throw SystemError(
          "cannot use the credential \"\(name)\" in", path, code: 0,
          context:
            "it holds white space or other characters that a token cannot have; the file must hold the token alone"
        )
      }
      return Secret(copying: trimmed)
    }
  }
}
