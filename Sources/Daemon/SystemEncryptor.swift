internal import Glibc
internal import Platform
internal import Systemd

/// Encrypts by the helper; where there is none, root does it by itself.
struct SystemEncryptor: CredentialEncryptor {
  let helper = EncryptionClient()

  @RotationActor func encrypt(_ secret: Secret, as name: String) async throws(SystemError) -> EncryptedSecret
  {
    do throws(SystemError) {
      return try await helper.encrypt(secret, as: name)
    } catch {
      guard geteuid() == 0, error.code == ENOENT || error.code == ECONNREFUSED else { throw error }
      return try await SystemdCreds.find().encrypt(secret, as: name)
    }
  }
}
