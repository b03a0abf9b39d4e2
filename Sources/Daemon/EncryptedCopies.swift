internal import Configuration
internal import Core
internal import Glibc
internal import Platform
internal import Systemd

/// The encrypted forms of the secret of a roll, kept until every destination has it: a second encryption has other bytes,
/// and would replace a file that is as it should be.
@RotationActor final class EncryptedCopies {
  private var copies: [Destination: (of: Fingerprint, content: Secret)] = [:]
  /// The helper that did not answer in time is not waited for once for each destination.
  private var stuck: SystemError?

  /// Begins a round of publication.
  func beginRound() { stuck = nil }

  /// What belongs into the file of `destination`; throws where it could not be encrypted.
  func content(
    of secret: Secret, for destination: Destination, by encryptor: any CredentialEncryptor
  ) async throws(SystemError) -> Secret {
    let fingerprint = secret.fingerprint
    if let copy = copies[destination], copy.of == fingerprint { return copy.content }
    do throws(SystemError) {
      if let stuck { throw stuck }
      let encrypted = try await encryptor.encrypt(secret, as: destination.credentialName)
      copies[destination] = (fingerprint, encrypted.content)
      return encrypted.content
    } catch {
      if error.code == ETIMEDOUT { stuck = error }
      throw SystemError(
        "cannot encrypt the secret for", destination.file, code: 0, context: error.description)
    }
  }
}
