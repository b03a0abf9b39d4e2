internal import Core
internal import Glibc
internal import Platform
internal import Systemd

/// Encrypts, and opens escrows, by the helper; where there is none, root does it by itself.
struct SystemEncryptor: CredentialEncryptor, EscrowSealer {
  /// How long a secret that nothing durable holds yet may wait for its encryption.
  static let escrowTimeLimit = TimeSpan.seconds(10)

  private let helper = EncryptionClient()
  private let escrowHelper = EncryptionClient(timeLimit: Self.escrowTimeLimit)

  @RotationActor func encrypt(_ secret: Secret, as name: String) async throws(SystemError) -> EncryptedSecret
  {
    try await carryOut(by: helper, SystemdCreds.timeLimit) { (it) throws(SystemError) in
      try await it.encrypt(secret, as: name)
    }
  }

  @RotationActor func seal(_ secret: Secret, of roll: RollID) async throws(SystemError) -> EncryptedSecret {
    try await carryOut(by: escrowHelper, Self.escrowTimeLimit) { (it) throws(SystemError) in
      try await it.seal(secret, of: roll)
    }
  }

  @RotationActor func open(_ sealed: Secret, of roll: RollID) async throws(SystemError) -> Secret {
    try await carryOut(by: escrowHelper, Self.escrowTimeLimit) { (it) throws(SystemError) in
      try await it.open(sealed, of: roll)
    }
  }

  /// Has `helper` do it, and root's own program where nobody listens.
  @RotationActor private func carryOut<Value>(
    by helper: EncryptionClient, _ timeLimit: TimeSpan,
    _ request: @RotationActor (any CredentialEncryptor & EscrowSealer) async throws(SystemError) -> Value
  ) async throws(SystemError) -> Value {
    do throws(SystemError) {
      return try await request(helper)
    } catch {
      guard geteuid() == 0, error.code == ENOENT || error.code == ECONNREFUSED else { throw error }
      return try await request(SystemdCreds.find(timeLimit: timeLimit))
    }
  }
}
