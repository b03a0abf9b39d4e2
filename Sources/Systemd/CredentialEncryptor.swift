public import Platform

/// The seam to what makes encrypted credentials.
public protocol CredentialEncryptor: Sendable {
  /// Encrypts `secret` for this machine, under `name`, which the units that use it have to call it by.
  ///
  /// Returns within a bounded time. Throws where it could not be encrypted; no part of the secret is in the error.
  @RotationActor func encrypt(_ secret: Secret, as name: String) async throws(SystemError) -> EncryptedSecret
}
