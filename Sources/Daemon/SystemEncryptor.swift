internal import Core
internal import Glibc
internal import Platform
internal import Systemd

/// Encrypts, and opens escrows, by the helper; where there is none, root does it by itself.
struct SystemEncryptor: CredentialEncryptor, EscrowSealer {
  /// How long a secret that nothing durable holds yet may wait for its encryption.
  static let escrowTimeLimit = TimeSpan.seconds(10)

  let helper = EncryptionClient()
  private let escrowHelper = EncryptionClient(timeLimit: Self.escrowTimeLimit)

  @RotationActor func encrypt(_ secret: Secret, as name: String) async throws(SystemError) -> EncryptedSecret
  {
    do throws(SystemError) {
      return try await helper.encrypt(secret, as: name)
    } catch {
      return try await ownProgram(insteadOf: error, SystemdCreds.timeLimit).encrypt(secret, as: name)
    }
  }

  @RotationActor func seal(_ secret: Secret, of roll: RollID) async throws(SystemError) -> EncryptedSecret {
    do throws(SystemError) {
      return try await escrowHelper.seal(secret, of: roll)
    } catch {
      return try await ownProgram(insteadOf: error, Self.escrowTimeLimit).seal(secret, of: roll)
    }
  }

  @RotationActor func open(_ sealed: Secret, of roll: RollID) async throws(SystemError) -> Secret {
    do throws(SystemError) {
      return try await escrowHelper.open(sealed, of: roll)
    } catch {
      return try await ownProgram(insteadOf: error, Self.escrowTimeLimit).open(sealed, of: roll)
    }
  }

  /// What root has where nobody listens; throws `failure` where that was not it.
  private func ownProgram(
    insteadOf failure: SystemError, _ timeLimit: TimeSpan
  ) throws(SystemError) -> SystemdCreds {
    guard geteuid() == 0, failure.code == ENOENT || failure.code == ECONNREFUSED else { throw failure }
    return try SystemdCreds.find(timeLimit: timeLimit)
  }
}
