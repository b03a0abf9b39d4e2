internal import Configuration
internal import Core
internal import Glibc
internal import Platform
internal import Systemd

/// Finds out whether secrets can be encrypted, by encrypting a sample.
///
/// Those who ask at the same time get one answer, and a helper that has just not answered in time is not asked again at
/// once, so that one that hangs holds nobody up for longer than its time limit.
@RotationActor final class EncryptionCheck {
  private let encryptor: any CredentialEncryptor
  private let clock: any Clock
  private var underway: Task<SystemError?, Never>?
  private var stuck: (since: TimeSpan, failure: SystemError)?

  private static let pause = TimeSpan.seconds(1)

  init(_ encryptor: any CredentialEncryptor = SystemEncryptor(), clock: any Clock = SystemClock()) {
    self.encryptor = encryptor
    self.clock = clock
  }

  /// Why nothing can be encrypted now; nil where it can.
  func failure() async -> SystemError? {
    if let stuck, clock.bootTime - stuck.since < Self.pause { return stuck.failure }
    if let underway { return await underway.value }
    let encryptor = encryptor
    let task = RotationActor.task { await Self.try(encryptor) }
    underway = task
    let failure = await task.value
    underway = nil
    stuck = failure.flatMap { $0.code == ETIMEDOUT ? (clock.bootTime, $0) : nil }
    return failure
  }

  private static func `try`(_ encryptor: any CredentialEncryptor) async -> SystemError? {
    do throws(SystemError) {
      let sample = try RandomBytes.hexadecimal(count: 20)
      _ = try await encryptor.encrypt(
        Secret(count: sample.utf8.count) { $0.copyBytes(from: sample.utf8) }, as: "sample")
      return nil
    } catch {
      return error
    }
  }
}

extension Entry {
  /// Whether one of its destinations gets the secret encrypted.
  var needsEncryption: Bool { publish.contains { $0.format == .credential } }
}
