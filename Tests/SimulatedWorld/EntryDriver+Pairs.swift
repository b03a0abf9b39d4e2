internal import Core

/// What is different where the entry is a pair: the counterpart of `RollRunner+Pairs`.
extension EntryDriver {
  /// Has the other token of a pair rolled.
  func changeOver() {
    guard let other = twin else { return }
    (record, twin) = (other, record)
  }

  /// Has the token rolled whose secret consumers do not hold, by the file and by what is known of both.
  func chooseStandby() {
    guard machine.isPair, machine.cause != .cure, let twin else { return }
    let records = Records(record, twin)
    var held = records.all.first { $0.fingerprint != nil && $0.fingerprint == oldSecret }
    if oldSecret == nil, records.inUse.fingerprint == nil {
      // By the token's identifier beside the secret.
      let owner = world.disk.destinations[slot].first.flatMap { world.server.owner($0) }
      held = records.all.first { $0.token == owner }
    }
    if (held ?? records.inUse).row == record.row { changeOver() }
  }

  /// What the answers about a pair mean for the roll.
  func heard(_ event: RollEvent) -> RollEvent {
    guard case .inspected(let modifiedOn, let old) = event else { return event }
    var standing = old
    switch old {
    case .inForce: changeOver()
    case .otherToken(let id) where id == twin.map { "\($0.token)" }: standing = .inForce(status: "active")
    case .unknown where oldSecret != twin?.fingerprint:
      return .notInspected(APIFailure(.unknown, "which token consumers hold could not be found out"))
    case .otherToken, .refused, .unknown, .unavailable: break
    }
    if case .inForce = standing { twin?.fingerprint = oldSecret }
    return .inspected(modifiedOn: modifiedOn, old: standing)
  }
}
