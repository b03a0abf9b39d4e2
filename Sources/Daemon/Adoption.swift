internal import CloudflareAPI
internal import Configuration
internal import Core
public import Platform
internal import Store
public import Systemd

/// Takes a secret that the operator has as the one in force of an entry, as `tokenroll adopt` does: without a service, under
/// its lock.
///
/// There is no escrow: the operator has the secret until it is published, and what is interrupted is done again.
@RotationActor public struct Adoption {
  /// How it ended.
  public enum Ending: Sendable, Equatable {
    /// The secret is published and recorded.
    case adopted(Report)
    /// Why the secret cannot be that of the entry; nothing was changed.
    case refused(String)
  }

  /// What was done.
  public struct Report: Sendable, Equatable {
    /// The token whose secret it is.
    public var tokenID: String
    /// Where it is published.
    public var files: [String]
    /// What is worth knowing of the publication, each a sentence.
    public var remarks: [String]
    /// Whether the entry names units or programs, which are not told.
    public var hasActions: Bool
  }

  private let services: RollServices
  private let entry: Entry
  private let records: TokenRecords

  /// Adopts for the entry `name` of the configuration `file` what `read` brings, which is called once nothing else is in the way.
  ///
  /// Throws `ServiceFailure` where the configuration, the state or the secret cannot be read, where another process is at work
  /// on the state, where a roll of the entry is not settled, where the API cannot be asked, and where something cannot be written.
  public static func run(
    _ file: String, entry name: String, log: EventLog, secret read: () throws(SystemError) -> Secret
  ) async throws(ServiceFailure) -> Ending {
    let workplace = try Workplace.openOnce(file, log: log)
    let rotator = workplace.rotator
    let unfinished: Rotator.Unfinished
    do {
      unfinished = try rotator.load()
    } catch {
      throw ServiceFailure(error)
    }
    guard let index = rotator.slotsByName[name] else {
      throw ServiceFailure(kind: .usage, description: rotator.sentence(.noSuchEntry(name)))
    }
    let slot = rotator.slots[index]
    if let credential = slot.entry.provide {
      throw ServiceFailure(
        kind: .usage,
        description:
          "\(name) provides the credential \(credential), whose own file counts: put the secret there")
    }
    guard !unfinished.rolls.contains(where: { $0.slot == index }) else {
      throw ServiceFailure(
        kind: .busy,
        description:
          "a roll of \(name) is not settled: start the service, or run `tokenroll roll --once --due`, which settles it "
          + "first; adopt the secret after that if it is still in force")
    }
    let adoption = Adoption(services: workplace.services, entry: slot.entry, records: slot.records)
    let ending = try await adoption.adopt(try Self.judged(read))
    withExtendedLifetime(workplace.lock) {}
    return ending
  }

  private init(services: RollServices, entry: Entry, records: TokenRecords) {
    self.services = services
    self.entry = entry
    self.records = records
  }

  private static func judged(_ read: () throws(SystemError) -> Secret) throws(ServiceFailure) -> Secret {
    let content: Secret
    do throws(SystemError) {
      content = try read()
    } catch {
      throw ServiceFailure(kind: .noInput, description: error.description)
    }
    do throws(Secret.Malformation) {
      return try content.trimmed()
    } catch {
      throw ServiceFailure(kind: .usage, description: "cannot use the secret: standard input \(error.reason)")
    }
  }

  private func adopt(_ secret: Secret) async throws(ServiceFailure) -> Ending {
    let answer = await services.verify(secret, of: entry, urgency: .verification) { true }
    guard let answer else {
      throw ServiceFailure(kind: .unavailable, description: "the API was not asked; nothing was changed")
    }
    let holder = records.all.first { record in
      if case .success(let verification) = answer { verification.id == record.tokenID } else { false }
    }
    let record = holder ?? records.inUse
    switch Standing(answer, of: record.tokenID) {
    case .inForce(TokenStatus.active.description):
      return .adopted(try await publish(secret, record))
    case .inForce(let status):
      return .refused(
        "its token \(record.tokenID) is \(status): switch it on, or give it a later end, in Cloudflare's dashboard "
          + "under Account API Tokens")
    case .otherToken(let id):
      let own = records.all.map(\.tokenID).joined(separator: " and ")
      return .refused("the secret belongs to token \(id), and the entry is about \(own)")
    case .refused(let reason):
      return .refused(
        "the API refuses the secret (\(reason)), so it is not in force; copy it anew, and whole")
    case .unknown(let reason):
      throw ServiceFailure(
        kind: .unavailable,
        description: "whether the secret is in force cannot be told: \(reason); nothing was changed")
    case .unavailable:
      return .refused("there is no secret to ask with")
    }
  }

  private func publish(_ secret: Secret, _ record: TokenRecord) async throws(ServiceFailure) -> Report {
    let remarks: Publisher.Remarks
    do throws(SystemError) {
      if entry.needsEncryption, let failure = await services.encryption.failure() { throw failure }
      // Nothing is urgent: what cannot be written as configured is found before any of it is.
      try await services.publisher.prepare(
        entry, token: record.tokenID, .random(), .plain, DurableSteps(health: services.health)
      ).discard()
    } catch {
      throw ServiceFailure(kind: .state, description: "\(error); nothing was changed")
    }
    let facts = SecretRendering.Facts(
      entry: entry.name, accountID: entry.accountID, tokenID: record.tokenID, rolledAt: services.clock.now)
    do throws(SystemError) {
      remarks = try await services.publisher.publish(
        secret, of: entry, facts, nil, EncryptedCopies(), DurableSteps(health: services.health))
    } catch {
      throw ServiceFailure(
        kind: .state,
        description:
          "\(error); what was written stays, and the secret is not recorded: adopt it again once this is mended"
      )
    }
    do throws(StoreError) {
      // Of a pair, that token is in use whose secret consumers hold.
      let former = records.inUse.row == record.row ? nil : records.inUse.row
      try services.store.recognise(secret.fingerprint, token: record.row, insteadOf: former)
    } catch {
      throw ServiceFailure(
        kind: .state,
        description:
          "the secret is published, and could not be recorded, so the next roll begins by asking for it: \(error)"
      )
    }
    return Report(
      tokenID: record.tokenID, files: entry.publish.map(\.file), remarks: remarks.narrowed + remarks.unkept,
      hasActions: !entry.reload.isEmpty || !entry.run.isEmpty)
  }
}
