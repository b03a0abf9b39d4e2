internal import CloudflareAPI
internal import Configuration
internal import Core
internal import Platform

/// Which entries cannot be rolled as things stand, as far as a start, a reload, an attempt or an answer of the API has shown.
@RotationActor final class Readiness {
  /// What the API said of a credential, and of which secret.
  private struct Refusal {
    var obstacle: Obstacle
    var secret: Fingerprint?
  }

  /// By the entry's name.
  private var obstacles: [String: Obstacle] = [:]
  /// By the credential's name.
  private var refusals: [String: Refusal] = [:]
  private var entries: [Entry] = []
  /// How many entries have an obstacle.
  private(set) var count = 0
  /// By how much the API's clock was ahead of the machine's when it answered last.
  private var clockDifference = TimeSpan.zero
  /// Called where the API accepts a credential that it had refused, and that it was asked about again.
  var onAccepted: @RotationActor () -> Void = {}
}

// MARK: - What is in the way

extension Readiness {
  /// Takes over what a proof of all that is configured has found; `secrets` are those of the credentials that can be read.
  func take(_ found: [String: Obstacle], of entries: [Entry], secrets: [String: Fingerprint]) {
    obstacles = found
    self.entries = entries
    // Another secret was not refused yet, and one that cannot be read is an obstacle of its own.
    refusals = refusals.filter { name, refusal in secrets[name].map { $0 == refusal.secret } ?? false }
    forgetClock()
    recount()
  }

  /// An attempt, or another proof, has found what is in the way of the entry `name`, or nothing any more.
  func note(_ obstacle: Obstacle?, of name: String) {
    guard obstacles[name] != obstacle else { return }
    obstacles[name] = obstacle
    recount()
  }

  /// What keeps `entry` from being rolled; nil where nothing is known to.
  func obstacle(of entry: Entry) -> Obstacle? {
    guard count > 0, entry.enabled else { return nil }
    return obstacles[entry.name] ?? refusals[entry.credential]?.obstacle
  }

  private func recount() {
    // Without refusals each obstacle is that of one entry.
    count =
      refusals.isEmpty
      ? obstacles.count
      : entries.count { $0.enabled && (obstacles[$0.name] ?? refusals[$0.credential]?.obstacle) != nil }
  }
}

// MARK: - What the API says

extension Readiness {
  /// The credentials that the API has refused, and not accepted since.
  var refused: [String] { refusals.keys.sorted() }

  /// The API has answered a request that presents the credential `name`, which is `secret` now.
  func note<Value>(
    _ answer: Result<Value, APIFailure>, of name: String, secret: () -> Fingerprint?
  ) {
    switch answer {
    case .success:
      if refusals.removeValue(forKey: name) != nil { recount() }
    case .failure(let failure) where failure.refusesCredential:
      let isNew = refusals[name] == nil
      refusals[name] = Refusal(
        obstacle: Obstacle(
          reason: "the API refuses the credential \"\(name)\": \(failure.reason)",
          cure: Cure.api(failure, credential: name), isShared: true),
        secret: secret())
      if isNew { recount() }
    case .failure: break
    }
  }

  /// The API's clock said `time` when that of the machine said `now`.
  func note(serverTime time: Timestamp?, at now: Timestamp) {
    if let time { clockDifference = time - now }
  }

  /// The clock was set, or may have been: nothing is known of it until the next answer.
  func forgetClock() { clockDifference = .zero }

  /// By how much the clock is wrong by that of the API, where it is too much for a schedule; a sentence without its stop.
  var clockError: String? {
    let isBehind = clockDifference > .zero
    let amount = isBehind ? clockDifference : .zero - clockDifference
    guard amount > ClockTrust.tolerance else { return nil }
    return
      "the clock is \(amount.abbreviated) \(isBehind ? "behind" : "ahead of") that of the API, so rolls come at wrong times"
  }
}

extension APIFailure {
  /// Whether the API refuses what was presented as such, whatever was asked for: it is gone, disabled, or not for this address.
  ///
  /// A 403 can also mean that the credential may not do this with that token; the API tells the two apart in words alone.
  var refusesCredential: Bool {
    effect == .refused && (httpStatus == 401 || httpStatus == 403 && reason.contains("access token"))
  }
}
