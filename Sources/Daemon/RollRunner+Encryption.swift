internal import Configuration
internal import Core
internal import Platform
internal import Systemd

// What a roll has to do with encryption, which takes its time outside of this process.
extension RollRunner {
  /// Why the secret of a roll could not be encrypted for the destinations that want that; nil where it can, or none does.
  func encryptionFailure() async -> SystemError? {
    guard entry.needsEncryption else { return nil }
    return await bounded(1) { await services.encryption.failure() }
  }

  /// Brings `secret` to every destination, also to those that a reload adds meanwhile; returns what the publisher does.
  func publish(
    _ secret: Secret, _ facts: SecretRendering.Facts, _ preparation: Publisher.Preparation?
  ) async throws(SystemError) -> Publisher.Remarks {
    var published: [Destination]
    var remarks = Publisher.Remarks()
    repeat {
      let entry = entry
      published = entry.publish
      let result = await bounded(published.count) { () -> Result<Publisher.Remarks, SystemError> in
        do throws(SystemError) {
          return .success(
            try await services.publisher.publish(
              secret, of: entry, facts, preparation, encryptedCopies, steps))
        } catch {
          return .failure(error)
        }
      }
      remarks = try result.get()
    } while published != entry.publish
    return remarks
  }

  /// Notes for the watchdog that `count` secrets are encrypted.
  private func bounded<Result>(_ count: Int, _ body: () async -> Result) async -> Result {
    guard entry.needsEncryption else { return await body() }
    let limit = TimeSpan(microseconds: SystemdCreds.timeLimit.microseconds * Int64(count)) + .seconds(30)
    let step = services.health.begin("encrypting for \(entry.name)", within: limit)
    defer { services.health.end(step) }
    return await body()
  }
}
