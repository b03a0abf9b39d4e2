internal import CloudflareAPI
internal import Configuration
internal import Core
internal import Platform

extension RollServices {
  /// Makes one request for `entry`, bounded, counted, and heeding what the API says about its limits.
  func request<Value>(
    _ call: APICall, for entry: Entry, _ body: () async -> Answer<Value>
  ) async -> Result<Value, APIFailure> {
    await request(call, of: entry.name, entry.credential, body)
  }

  /// Makes one request for the entry `name`, with `credential`; the entry may have left the configuration.
  func request<Value>(
    _ call: APICall, of name: String, _ credential: String, _ body: () async -> Answer<Value>
  ) async -> Result<Value, APIFailure> {
    let api = configuration.api
    let step = health.begin("\(call.words) of \(name)", within: api.timeout + .seconds(30))
    let answer = await body()
    health.end(step)
    counters.count(call, APIResult(answer.result), took: answer.trace.duration)
    readiness.note(serverTime: answer.trace.serverTime, at: clock.now)
    // That one presents the entry's own secret.
    if call != .verify {
      readiness.note(answer.result, of: credential) { (try? self.credential(credential))?.fingerprint }
    }
    if case .failure(let failure) = answer.result, failure.effect == .rateLimited {
      gate.pause(credential, for: failure.retryAfter ?? api.rateLimit.per)
    } else if let limit = answer.trace.rateLimit, limit.remaining == 0, let reset = limit.reset {
      gate.pause(credential, for: reset)
    }
    return answer.result
  }
}

extension RollServices {
  /// Asks what the API says of `secret`, of an entry that has no roll in hand; nil where the service stops, or where the
  /// answer is not wanted any more once there is room to ask.
  func verify(
    _ secret: Secret, of entry: Entry, urgency: Urgency, ifStill isWanted: @RotationActor () -> Bool
  ) async -> Result<TokenVerification, APIFailure>? {
    var permit = await gate.acquire(
      entry.credential, urgency: urgency, since: clock.now, presents: false)
    defer { if let permit { gate.release(permit) } }
    guard permit != nil, isWanted() else { return nil }
    gate.spend(&permit)
    return await request(.verify, for: entry) {
      await issuer.verify(account: entry.accountID, secret: secret)
    }
  }
}

extension RollServices {
  /// Asks the API again whether it accepts the credentials that it has refused, of `names` or all of them.
  func askAgain(_ names: Set<String>? = nil) {
    for name in readiness.refused where names?.contains(name) ?? true {
      guard let entry = configuration.tokens.first(where: { $0.enabled && $0.credential == name }) else {
        continue
      }
      RotationActor.task { await self.ask(for: entry) }
    }
  }

  private func ask(for entry: Entry) async {
    var permit = await gate.acquire(entry.credential, urgency: .roll, since: clock.now)
    guard permit != nil else { return }
    defer { if let permit { gate.release(permit) } }
    // One that cannot be read shows elsewhere.
    guard let secret = try? credential(entry.credential) else { return }
    gate.spend(&permit)
    let answer = await request(.lookup, for: entry) {
      await issuer.token(account: entry.accountID, token: entry.tokenID, credential: secret)
    }
    // Only here: where the API refuses one request and accepts another, entries would have each other tried without a pause.
    if case .success = answer { readiness.onAccepted() }
  }
}

extension Standing {
  /// What the answer of `/tokens/verify` says about a secret that should be that of `token`.
  init(_ answer: Result<TokenVerification, APIFailure>, of token: String) {
    switch answer {
    case .success(let verification) where verification.id != token:
      self = .otherToken(id: verification.id)
    case .success(let verification):
      self = .inForce(status: verification.status.description)
    case .failure(let failure) where failure.effect == .refused && failure.httpStatus == 401:
      self = .refused(failure.reason)
    case .failure(let failure):
      self = .unknown(failure.reason)
    }
  }
}
