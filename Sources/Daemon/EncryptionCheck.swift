internal import Configuration
internal import Core
internal import Glibc
internal import Platform
internal import Systemd

/// Finds out whether secrets can be encrypted, by encrypting a sample; and, for the escrow, opened again.
///
/// Those who ask at the same time get one answer, and a helper that has just not answered in time is not asked again at
/// once, so that one that hangs holds nobody up for longer than its time limit.
@RotationActor final class EncryptionCheck {
  private let trial: @RotationActor @Sendable (Secret) async -> SystemError?
  private let clock: any Clock
  private var underway: Task<SystemError?, Never>?
  private var stuck: (since: TimeSpan, failure: SystemError)?

  private static let pause = TimeSpan.seconds(1)

  /// Of secrets for destinations.
  convenience init(
    _ encryptor: any CredentialEncryptor = SystemEncryptor(), clock: any Clock = SystemClock()
  ) {
    self.init(clock) { sample in
      do throws(SystemError) {
        _ = try await encryptor.encrypt(sample, as: "sample")
        return nil
      } catch {
        return error
      }
    }
  }

  /// Of secrets for the escrow: one that cannot be opened is worth nothing.
  convenience init(ofEscrow sealer: any EscrowSealer, clock: any Clock = SystemClock()) {
    self.init(clock) { sample in
      let roll = RollID.random()
      do throws(SystemError) {
        let opened = try await sealer.open(try await sealer.seal(sample, of: roll).content, of: roll)
        guard !opened.equals(sample) else { return nil }
        return SystemError(
          "cannot use", "encrypted escrows", code: 0, context: "a sample was not the same once it was opened")
      } catch {
        return error
      }
    }
  }

  private init(
    _ clock: any Clock, _ trial: @escaping @RotationActor @Sendable (Secret) async -> SystemError?
  ) {
    self.clock = clock
    self.trial = trial
  }

  /// Why nothing can be encrypted now; nil where it can.
  func failure() async -> SystemError? {
    if let stuck, clock.bootTime - stuck.since < Self.pause { return stuck.failure }
    if let underway { return await underway.value }
    let trial = trial
    let task = RotationActor.task { await Self.run(trial) }
    underway = task
    let failure = await task.value
    underway = nil
    stuck = failure.flatMap { $0.code == ETIMEDOUT ? (clock.bootTime, $0) : nil }
    return failure
  }

  private static func run(_ trial: @RotationActor @Sendable (Secret) async -> SystemError?) async
    -> SystemError?
  {
    do throws(SystemError) {
      let sample = try RandomBytes.hexadecimal(count: 20)
      return await trial(Secret(count: sample.utf8.count) { $0.copyBytes(from: sample.utf8) })
    } catch {
      return error
    }
  }
}

extension Entry {
  /// Whether one of its destinations gets the secret encrypted.
  var needsEncryption: Bool { publish.contains { $0.format == .credential } }
}

extension Configuration {
  /// Whether anything is encrypted: the escrow, or the secrets for a destination.
  var needsEncryption: Bool { escrow == .encrypted || tokens.contains(where: \.needsEncryption) }

  /// What is said of a sample that was tried.
  var provedEncryption: String {
    escrow == .encrypted ? "a sample could be encrypted and opened again" : "a sample could be encrypted"
  }
}

extension EncryptionCheck {
  /// Of what `configuration` wants encrypted, by `encryptor`; what can be done for the escrow can be done for a destination.
  convenience init(
    of configuration: Configuration, by encryptor: any CredentialEncryptor & EscrowSealer = SystemEncryptor()
  ) {
    if configuration.escrow == .encrypted { self.init(ofEscrow: encryptor) } else { self.init(encryptor) }
  }
}

extension RollServices {
  /// What finds out whether what the configuration wants encrypted can be.
  var encryptionCheck: EncryptionCheck { configuration.escrow == .encrypted ? escrowEncryption : encryption }

  /// What finds out whether the secret of a roll of `entry` can be encrypted; nil where it need not be.
  func encryptionCheck(for entry: Entry) -> EncryptionCheck? {
    configuration.escrow == .encrypted || entry.needsEncryption ? encryptionCheck : nil
  }
}
