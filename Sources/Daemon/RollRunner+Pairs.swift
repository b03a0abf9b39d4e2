internal import CloudflareAPI
internal import Configuration
internal import Core
internal import Platform
internal import Store

// MARK: - Alternating pairs

extension RollRunner {
  /// The requests of a pair's roll: whose secret consumers hold, both tokens, and the roll.
  static let costOfPair = 4

  /// Has the token rolled whose secret consumers do not hold, by the file and by what is known of both.
  func chooseStandby() throws(SystemError) {
    // A cure is of the token whose secret is lost.
    guard machine.isPair, machine.cause != .cure, let twin else { return }
    let records = TokenRecords(record, twin)
    var held = records.all.first { $0.fingerprint != nil && $0.fingerprint == oldSecret?.fingerprint }
    if oldSecret == nil, records.inUse.fingerprint == nil {
      let id = try services.publisher.holder(entry)
      held = records.all.first { $0.tokenID == id }
    }
    if (held ?? records.inUse).row == record.row { changeOver() }
  }

  /// Proves which of the two tokens consumers hold, and compares the two.
  func inspectPair(_ credential: Secret) async -> RollEvent {
    var standing = Standing.unavailable
    if let oldSecret {
      let isKnown = oldSecret.fingerprint == twin?.fingerprint
      standing = await self.standing(of: oldSecret)
      switch standing {
      case .inForce:
        // The API knows better than the store.
        changeOver()
        do throws(SystemError) {
          try await prepareFiles()
        } catch {
          abandon()
          return notReady(error)
        }
      case .otherToken(let id) where id == twin?.tokenID:
        standing = .inForce(status: TokenStatus.active.description)
      case .otherToken:
        abandon()
        return .inspected(modifiedOn: nil, old: standing)
      case .unknown(let reason) where !isKnown:
        abandon()
        return .notInspected(
          APIFailure(.unknown, "which token of the pair consumers hold could not be found out: \(reason)"))
      case .refused, .unknown, .unavailable: break
      }
    }
    // What is proved is kept, so that the store knows it too.
    if case .inForce = standing { twin?.fingerprint = oldSecret?.fingerprint }
    switch await lookup(record.tokenID, credential) {
    case .failure(let failure):
      abandon()
      return .notInspected(explained(failure))
    case .success(let standby):
      await compare(standby, credential)
      return .inspected(modifiedOn: standby.modifiedOn, old: standing)
    }
  }

  /// Asks whether the new secret is in force; after a restart it is enough that a destination has it already.
  func prove() async -> RollEvent {
    if let newSecret { return .standing(await ask(newSecret, urgency: .verification)) }
    do throws(SystemError) {
      let escrowed = try await openEscrow()
      if services.publisher.current(entry)?.equals(escrowed) == true { return .alreadyPublished }
      return .standing(await ask(escrowed, urgency: .verification))
    } catch {
      return .standing(.unknown(error.description))
    }
  }

  private func compare(_ standby: TokenDetails, _ credential: Secret) async {
    guard let twin else { return }
    let differences: [String]
    switch await lookup(twin.tokenID, credential) {
    case .success(let inUse): differences = TokenDifference.between(inUse, standby)
    case .failure(let failure) where failure.effect == .refused:
      differences = ["the first cannot be looked up (\(failure.reason))"]
    case .failure: return
    }
    guard !differences.isEmpty else { return }
    report(
      Event(
        .pairUnequal,
        "The tokens of the pair are not equal: \(twin.tokenID), which consumers have, and \(record.tokenID), which is "
          + "rolled and which they get: \(differences.joined(separator: "; ")). Make them equal in Cloudflare's dashboard."
      ))
  }

  private func lookup(_ token: String, _ credential: Secret) async -> Result<TokenDetails, APIFailure> {
    await request(.lookup) {
      await services.issuer.token(account: entry.accountID, token: token, credential: credential)
    }
  }
}
