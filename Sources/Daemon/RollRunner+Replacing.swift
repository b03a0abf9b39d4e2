internal import CloudflareAPI
internal import Configuration
internal import Core
internal import Platform
internal import Store

// MARK: - A new token in the place of the old one

extension RollRunner {
  /// Takes the token that is to be replaced as what the new one has to be like; returns why it cannot be.
  func take(_ details: TokenDetails) -> APIFailure? {
    guard details.status == .active else {
      return APIFailure(
        .refused,
        "the token is \(details.status), and one that is created in its place would be active; switch it on, or disable the "
          + "entry (\"enabled\": false)")
    }
    model = details
    return nil
  }

  /// Creates a token like the old one, whose name says this roll.
  func create(_ credential: Secret) async -> Result<RolledSecret, APIFailure> {
    guard let model, let roll = machine.rollID else {
      return .failure(APIFailure(.notSent, "what the new token has to be like is not known"))
    }
    let wanted = NewToken(like: model, name: ReplacementName.make(after: model.name, roll))
    let answer = await request(.create) {
      await services.issuer.create(account: entry.accountID, token: wanted, credential: credential)
    }
    return answer.flatMap { created in
      // The id becomes part of a file's name.
      guard let id = created.details?.id, (1...32).contains(id.utf8.count),
        id.utf8.allSatisfy(Self.isIdentifier)
      else {
        return .failure(APIFailure(.unknown, "the answer does not say the id of the token that was created"))
      }
      newTokenID = id
      return .success(created.secret)
    }
  }

  private static func isIdentifier(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// What the replacement in hand changes once it is over; nil where the roll is none.
  func replacement(isGood: Bool, at now: Timestamp) -> Replacement? {
    guard machine.isReplacement, let newTokenID else { return nil }
    guard isGood else { return Replacement(currentID: nil, surplusID: newTokenID, due: now) }
    return Replacement(
      currentID: newTokenID, surplusID: record.tokenID, due: now + (entry.grace ?? .hours(1)))
  }

  /// Tells what the replacement that is over has changed.
  func tell(_ replacement: Replacement) {
    if let current = replacement.currentID {
      let rest = max(replacement.due - services.clock.now, .zero)
      report(
        Event(
          .tokenReplaced,
          "The token of the entry is \(current) now; \(replacement.surplusID) stays valid for \(rest.abbreviated), until "
            + "\(replacement.due.rfc3339), and is deleted then. The configuration may keep the id that it has, or name the new one."
        ))
    }
    newTokenID = nil
    onSurplus()
  }
}

extension TokenRecord {
  /// Makes the token that is in force from now on that of the record.
  mutating func take(_ replacement: Replacement?) {
    guard let current = replacement?.currentID else { return }
    enrolledID = enrolledID ?? tokenID
    tokenID = current
  }
}
