internal import Configuration
internal import Core
internal import Platform
internal import Store
internal import Systemd

// What a roll has to do with encryption, which takes its time outside of this process.
extension RollRunner {
  /// Why the secret of a roll could not be encrypted for the escrow, or for the destinations that want that; nil where it can,
  /// or nobody does.
  func encryptionFailure() async -> SystemError? {
    guard let check = services.encryptionCheck(for: entry) else { return nil }
    return await bounded(2) { await check.failure() }
  }

  /// Makes the new secret durable.
  func escrow() async -> RollEvent {
    guard let newSecret, let roll = intent?.id else { return .notEscrowed("there is no secret in memory") }
    do throws(SystemError) {
      try await keep(newSecret, roll)
    } catch {
      return .notEscrowed(error.description)
    }
    intent?.isEscrowed = true
    return .escrowed
  }

  private func keep(_ secret: Secret, _ roll: RollID) async throws(SystemError) {
    let form = services.configuration.escrow
    // Nobody waits for a place in flight while a helper has its time.
    if form == .encrypted { releasePermit() }
    isSealing = form == .encrypted
    defer { isSealing = false }
    let result = await bounded(form == .encrypted ? 1 : 0) { () -> Result<String, SystemError> in
      do throws(SystemError) {
        return .success(
          try await services.publisher.keep(
            secret, of: entry, token: tokenInHand, roll, form, preparation, steps))
      } catch {
        return .failure(error)
      }
    }
    escrowPath = try result.get()
  }

  /// Reads the secret of the roll in hand from its escrow, which a restart has found; it is the new secret from then on.
  ///
  /// Throws where it cannot be opened now, which is told: the escrow is kept, and nothing is rolled before it is opened.
  func openEscrow() async throws(SystemError) -> Secret {
    guard let path = escrowPath, let roll = intent?.id else {
      throw SystemError("there is no secret in escrow", code: 0)
    }
    let result = await bounded(Escrow.form(of: path) == .encrypted ? 1 : 0) {
      () -> Result<Secret, SystemError> in
      do throws(SystemError) {
        return .success(try await services.publisher.escrowed(path, of: roll))
      } catch {
        return .failure(error)
      }
    }
    if case .failure(let failure) = result, Escrow.form(of: path) == .encrypted {
      reportUnopened(path, roll, failure)
    }
    let secret = try result.get()
    newSecret = secret
    return secret
  }

  private func reportUnopened(_ path: String, _ roll: RollID, _ failure: SystemError) {
    failedOpenings += 1
    guard failedOpenings & (failedOpenings - 1) == 0 else { return }
    var event = Event(
      .escrowNotOpened,
      "The new secret lies encrypted in \(path) and cannot be opened: \(failure). It is kept and tried again; the token is not "
        + "rolled meanwhile, and consumers may be down. By hand, as root: "
        + "\(EscrowCredential.command(toOpen: path, of: roll))")
    event.errno = failure.code == 0 ? nil : failure.code
    event.attempt = failedOpenings
    report(event)
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
      let result = await bounded(entry.needsEncryption ? published.count : 0) {
        () -> Result<Publisher.Remarks, SystemError> in
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
    guard count > 0 else { return await body() }
    let limit = TimeSpan(microseconds: SystemdCreds.timeLimit.microseconds * Int64(count)) + .seconds(30)
    let step = services.health.begin("encrypting for \(entry.name)", within: limit)
    defer { services.health.end(step) }
    return await body()
  }
}
