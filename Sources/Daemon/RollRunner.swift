internal import CloudflareAPI
internal import Configuration
internal import Core
internal import Platform
internal import Store

/// Carries out what one entry's roll machine decides.
@RotationActor final class RollRunner {
  /// The entry as it is configured now; a reload may change it between two steps.
  var entry: Entry {
    didSet { machine.heed(entry.verify) }
  }
  /// Its place in the rotator's list.
  var slot: Int
  /// The credential in whose lane it is counted, and whether it is.
  var lane = ""
  var isCounted = false
  /// What is kept of the token that is rolled.
  private(set) var record: TokenRecord
  /// What is kept of the other token of a pair.
  var twin: TokenRecord?
  private(set) var machine: RollMachine

  /// The token that a replacement has created; nil while none is in hand.
  var newTokenID: String?
  /// What the new token of a replacement is to be like.
  var model: TokenDetails?
  /// The token that the secret in hand belongs to.
  var tokenInHand: String { newTokenID ?? record.tokenID }

  /// Called after each change of what is to be deleted.
  var onSurplus: @RotationActor () -> Void = {}
  /// Called after each change of the phase.
  var onPhase: @RotationActor (RollRunner) -> Void = { _ in }

  /// Called where the API has told the token's status and when it expires.
  var onFacts: @RotationActor (RollRunner, String, Timestamp?) -> Void = { _, _, _ in }

  /// What it has in hand where its token is a credential of the service.
  var credentialRoll: CredentialRoll?
  /// Called where a roll did not take place, with the secret that the API still accepts.
  var onStanding: @RotationActor (RollRunner, Fingerprint) -> Void = { _, _ in }

  let services: RollServices
  /// When the entry became due, by which those who wait are ordered.
  private var since: Timestamp
  var intent: UnsettledRoll?
  var escrowPath: String?
  private(set) var preparation: Publisher.Preparation?
  /// Whether the new secret is being encrypted for the escrow.
  var isSealing = false
  /// How often the escrow could not be opened.
  var failedOpenings = 0
  private(set) var permit: RequestGate.Permit?
  private var credential: Secret?
  private(set) var oldSecret: Secret?
  var newSecret: Secret?
  private var sentAt: TimeSpan?
  private var outage: TimeSpan?
  private var rolledAt: Timestamp?
  /// The roll for whose secret the entry's actions are owed, and that is durable.
  private var actionsOwedFor: RollID?
  let encryptedCopies = EncryptedCopies()
  /// What to do about the failure of the last attempt, where its cause says it.
  var advice: String?
  /// Whether the last attempt found the entry not ready, or its credential refused, which others can mend.
  var isUnready = false
  /// The entry was configured anew since the last attempt.
  var isChanged = false
  let steps: DurableSteps

  init(entry: Entry, records: TokenRecords, since: Timestamp, slot: Int, services: RollServices) {
    self.entry = entry
    self.slot = slot
    record = records.next
    twin = records.isPair ? records.inUse : nil
    self.since = since
    self.services = services
    steps = DurableSteps(health: services.health)
    machine = RollMachine(
      settleTime: services.configuration.api.settleTime, doubtUntil: records.doubtUntil,
      failures: records.failures, isPair: records.isPair)
    machine.heed(entry.verify)
  }

  /// No earlier request can take effect any more on the token in use.
  func endDoubt() {
    if records.inUse.row == record.row { record.doubtUntil = nil } else { twin?.doubtUntil = nil }
  }

  /// Takes over a secret that the API accepts as that of the token in use, and that a destination holds.
  func adopt(_ fingerprint: Fingerprint) {
    if records.inUse.row == record.row {
      record.fingerprint = fingerprint
    } else {
      twin?.fingerprint = fingerprint
    }
  }

  /// What is kept of the entry's tokens.
  var records: TokenRecords { TokenRecords(record, twin) }

  /// The entry has changed: it has another twin, or none.
  func take(_ records: TokenRecords) { twin = records.all.first { $0.row != record.row } }

  /// The configuration names the token of `row` that is in force.
  func forgetEnrolled(_ row: Int64) { if record.row == row { record.enrolledID = nil } }

  /// Has the other token of a pair rolled.
  func changeOver() {
    guard let twin else { return }
    (record, self.twin) = (twin, record)
  }

  /// True while nothing but this process's memory, or an answer under way, holds the secret in force.
  var mustNotBeInterrupted: Bool {
    if steps.isBusy { return true }
    // What nobody has is found and deleted.
    if machine.isReplacement { return machine.phase == .intended || isSealing }
    return machine.phase.mustNotBeInterrupted
      || (machine.phase == .escrowed && intent?.isEscrowed != true)
  }

  /// Takes up a roll that a restart found unsettled, of the token in `row`; `escrowPath` where its secret lies in escrow.
  func recover(_ roll: UnsettledRoll, of row: Int64, escrowPath: String?) async -> TimeSpan? {
    if record.row != row { changeOver() }
    self.escrowPath = escrowPath
    newTokenID = roll.newTokenID
    intent = roll
    return await run(.recovered(roll))
  }

  /// Carries `event` and all that follows from it out; returns how long to wait before the machine wants to hear again, and
  /// nil where it has nothing in hand any more.
  func run(_ event: RollEvent) async -> TimeSpan? {
    var wait: TimeSpan?
    var next: RollEvent? = event
    while let event = next {
      next = nil
      wait = nil
      let former = machine.phase
      // A reload may have made a pair of the entry, or one token, before this attempt.
      if case .due = event {
        machine.isPair = twin != nil
        machine.replaces = entry.grace != nil && twin == nil
        newTokenID = nil
        (advice, isUnready, isChanged) = (nil, false, false)
      }
      let effects = machine.handle(event, at: services.moment)
      if machine.phase != former { onPhase(self) }
      for effect in effects {
        if case .wake(let span) = effect {
          wait = max(span, .zero)
        } else if let answer = await perform(effect) {
          next = answer
        }
      }
    }
    releasePermit()
    reviewTurn()
    if machine.phase == .waiting { forgetSecrets() }
    return wait
  }

  private func perform(_ effect: RollEffect) async -> RollEvent? {
    switch effect {
    case .prepare: await prepare()
    case .inspect(let old): await inspect(old)
    case .recordIntent(let intent): await recordIntent(intent)
    case .send: await send()
    case .withdraw(let outcome, let reason, let owesCure): await withdraw(outcome, reason, owesCure)
    case .escrow: await escrow()
    case .publish: await publish()
    case .verify: await verify()
    case .askOld: await askOld()
    case .askModified: await askModified()
    case .settle(let outcome, let detail): await settle(outcome, detail)
    case .rollAgain: rollAgain()
    case .report(let event): report(event)
    case .wake: nil
    }
  }
}

// MARK: - Before the request

extension RollRunner {
  private func prepare() async -> RollEvent {
    guard await takeTurn() else { return .postponed(for: .zero) }
    // Before the permit: a helper that hangs must not hold up other rolls.
    if let failure = await encryptionFailure() {
      return notReady(failure, cure: Cure.encryption(failure))
    }
    let isCure = machine.cause == .cure
    oldSecret = currentSecret()
    do throws(SystemError) {
      try chooseStandby()
    } catch {
      abandon()
      return notReady(error)
    }
    let isOurs = oldSecret.map { $0.fingerprint == record.fingerprint } ?? false
    // A token whose secret is not known to be ours is looked up and its old secret verified first.
    let asksNothing = !machine.isReplacement && (isCure || isOurs)
    let cost = asksNothing ? 1 : machine.isPair ? Self.costOfPair : 3
    if permit == nil {
      permit = await services.gate.acquire(
        entry.credential, urgency: isCure ? .cure : .roll, since: since, cost: cost, presents: !passesHold)
    }
    // The gate is closed: the service is stopping.
    guard permit != nil else { return .postponed(for: .zero) }
    // The wait for the permit may have been long.
    if machine.cause.heedsWindows, let end = services.planner.quietUntil(entry, at: services.clock.now) {
      abandon()
      return .postponed(for: end - services.clock.now)
    }
    guard await holdCredential() else {
      abandon()
      return .postponed(for: .zero)
    }
    do throws(SystemError) {
      credential = try services.credential(entry.credential)
      try await prepareFiles()
      try prepareSuccessor()
    } catch {
      abandon()
      return notReady(error)
    }
    // The service has been told to stop meanwhile.
    guard !services.gate.isClosed else {
      abandon()
      return .postponed(for: .zero)
    }
    services.readiness.note(nil, of: entry.name)
    return .prepared(old: isOurs ? .ours : oldSecret == nil ? .absent : .unproven)
  }

  /// Makes everything ready that the roll's publication needs.
  func prepareFiles() async throws(SystemError) {
    guard let id = machine.rollID else { throw SystemError("the roll has no identity", code: 0) }
    preparation = try await services.publisher.prepare(
      entry, token: record.tokenID, id, services.configuration.escrow, steps)
  }

  private func inspect(_ old: OldSecret) async -> RollEvent {
    guard let credential else { return .notInspected(APIFailure(.notSent, "the credential was not read")) }
    if machine.isPair { return await inspectPair(credential) }
    let answer = await request(.lookup) {
      await services.issuer.token(account: entry.accountID, token: record.tokenID, credential: credential)
    }
    switch answer {
    case .failure(let failure):
      abandon()
      return .notInspected(explained(failure))
    case .success(let details):
      services.succession.accepted(entry.credential)
      onFacts(self, details.status.description, details.expiresOn)
      var standing = Standing.unavailable
      if old == .unproven, let oldSecret { standing = await self.standing(of: oldSecret) }
      if case .otherToken = standing { abandon() }
      if machine.isReplacement, let obstacle = take(details) {
        abandon()
        return .notInspected(obstacle)
      }
      return .inspected(modifiedOn: details.modifiedOn, old: standing)
    }
  }

  private func recordIntent(_ wanted: Intent) async -> RollEvent {
    guard let id = machine.rollID else { return .intentNotRecorded("the roll has no identity") }
    var roll = UnsettledRoll(
      id: id, cause: machine.cause, startedAt: services.clock.now,
      oldFingerprint: wanted.oldIsInForce ? oldSecret?.fingerprint : nil, modifiedOn: wanted.modifiedOn,
      needsConfirmation: wanted.needsConfirmation)
    roll.isReplacement = machine.isReplacement
    let recorded = roll
    do throws(StoreError) {
      try await steps.take("recording the intent of \(entry.name)") { () throws(StoreError) in
        try await services.commits.commit { (store) throws(StoreError) in
          try store.recordIntent(
            recorded, token: self.record.row, entry: self.entry.name, credential: self.entry.credential)
        } then: { hasReplaced in
          self.intent = recorded
          self.record.lastAttempt = recorded.startedAt
          guard hasReplaced else { return }
          self.services.counters.count(.lost)
          self.onSurplus()
        }
      }
    } catch {
      abandon()
      return .intentNotRecorded(error.description)
    }
    // The escrow of a roll whose secret a later request replaced; the history has just closed that roll.
    await eraseEscrow()
    return .intentRecorded
  }

  private func send() async -> RollEvent {
    guard let credential else { return .notRolled(APIFailure(.notSent, "the credential was not read")) }
    sentAt = services.clock.bootTime
    let answer = await (machine.isReplacement ? create(credential) : roll(credential))
    self.credential = nil
    switch answer {
    case .success(let rolled):
      services.succession.accepted(entry.credential)
      newSecret = rolled.secret
      rolledAt = services.clock.now
      return .rolled(warning: rolled.warning)
    case .failure(let failure):
      abandon()
      return .notRolled(explained(failure))
    }
  }

  private func roll(_ credential: Secret) async -> Result<RolledSecret, APIFailure> {
    await request(.roll) {
      await services.issuer.roll(account: entry.accountID, token: record.tokenID, credential: credential)
    }
  }

  private func withdraw(_ outcome: RollOutcome, _ reason: String, _ owesCure: Bool) async -> RollEvent? {
    record.failures = machine.failures
    record.doubtUntil = machine.doubtUntil
    if outcome == .didNotHappen, let old = intent?.oldFingerprint { onStanding(self, old) }
    if owesCure { intent?.stage = .lost } else { intent = nil }
    do throws(StoreError) {
      try services.store.withdraw(
        token: record.row, outcome, reason: reason, owesCure: owesCure, failures: machine.failures,
        doubtUntil: machine.doubtUntil, at: services.clock.now)
      services.counters.count(outcome)
      if machine.isReplacement { onSurplus() }
      // Of a standby that is rolled again; nobody has the secret.
      if outcome == .lost { await eraseEscrow() }
    } catch {
      report(Event(.stateNotWritten, "The intent could not be taken back: \(error); a restart resolves it."))
    }
    return nil
  }

  private func rollAgain() -> RollEvent {
    abandon()
    since = services.clock.now
    return .due(.random(), .cure)
  }
}

// MARK: - After the answer

extension RollRunner {
  private func publish() async -> RollEvent {
    do throws(SystemError) {
      guard let intent else { return .notPublished("there is no roll in hand", errno: nil) }
      let secret = if let newSecret { newSecret } else { try await openEscrow() }
      // The time of the intent, so that a repetition after a crash writes the same bytes.
      let facts = SecretRendering.Facts(
        entry: entry.name, accountID: entry.accountID, tokenID: tokenInHand, rolledAt: intent.startedAt)
      // The service is the first consumer, and the others are tried whatever comes of that.
      let use = Result { () throws(SystemError) in try takeIntoUse(secret) }
      let remarks = try await publish(secret, facts, preparation)
      for remark in remarks.unkept { report(Event(.destinationNotice, remark)) }
      try use.get()
      outage = machine.isProved ? .zero : sentAt.map { services.clock.bootTime - $0 }
      abandon()
      advice = nil
      return .published(narrowed: remarks.narrowed)
    } catch {
      // What could be waited for is in use already.
      liftHold()
      // Without a secret it is the escrow that could not be read.
      advice =
        newSecret == nil
        ? Cure.encryption(error) : Cure.publication(of: entry, error, services.configuration)
      return .notPublished(error.description, errno: error.code == 0 ? nil : error.code)
    }
  }

  private func verify() async -> RollEvent {
    if machine.phase == .proving { return await prove() }
    guard let newSecret else { return .standing(.unavailable) }
    let standing = await ask(newSecret, urgency: .verification)
    // A new secret may take a moment to reach every edge; what cannot be judged is still all there is.
    if case .refused = standing {} else { liftHold() }
    switch standing {
    // The old secret is dead: consumers need the new one, also while it cannot be found out whether it is in force.
    // What cannot be made durable now is owed at the settlement.
    case .inForce, .unknown: try? oweActions()
    case .otherToken, .refused, .unavailable: break
    }
    return .standing(standing)
  }

  /// Has the entry's units reloaded and its programs run, once for each roll.
  private func oweActions() throws(StoreError) {
    guard let intent, actionsOwedFor != intent.id else { return }
    try services.reloads.owe(entry.reload, entry: entry.name, token: records.home, roll: intent.id)
    try services.programs.owe(
      entry.debts(on: .published, token: records.home, roll: intent.id), secret: newSecret)
    actionsOwedFor = intent.id
  }

  private func settle(_ outcome: RollOutcome, _ detail: String?) async -> RollEvent {
    let isGood = outcome == .settled || outcome == .unverified
    var replaced: Replacement?
    do throws(StoreError) {
      if isGood { try oweActions() }
      try await steps.take("settling the roll of \(entry.name)") { () throws(StoreError) in
        try await services.commits.commit { (store) throws(StoreError) in
          try self.settle(outcome, detail, in: store)
        } then: { settled in
          self.record = settled.record
          self.twin = settled.twin
          if isGood { self.twin?.isHeld = false }
          replaced = settled.replacement
        }
      }
    } catch {
      return .notSettled(error.description)
    }
    services.counters.count(outcome)
    closeSuccession(outcome)
    await eraseEscrow()
    if let replaced { tell(replaced) }
    intent = nil
    return .settled
  }

  /// Has the store settle the roll; returns what is kept of the tokens from then on.
  private func settle(
    _ outcome: RollOutcome, _ detail: String?, in store: RollStore
  ) throws(StoreError) -> (record: TokenRecord, twin: TokenRecord?, replacement: Replacement?) {
    let now = services.clock.now
    let isGood = outcome == .settled || outcome == .unverified
    var settled = record
    let time = rolledAt ?? intent?.startedAt ?? now
    settled.lastSuccess = time
    let twin = twin?.rolled(before: time)
    settled.fingerprint = outcome == .settled ? newSecret?.fingerprint : nil
    settled.failures = isGood ? 0 : machine.failures + 1
    settled.doubtUntil = machine.doubtUntil
    settled.isHeld = outcome.holdsEntry
    let replacement = replacement(isGood: isGood, at: now)
    if isGood { settled.take(replacement) }
    settled.nextDue =
      settled.isHeld ? nil : services.planner.due(entry, TokenRecords(settled, twin), at: now)
    try store.settle(
      token: settled.row, twin: twin.map { ($0.row, $0.fingerprint, $0.lastSuccess) }, outcome,
      detail: detail, fingerprint: settled.fingerprint, rolledAt: time, outage: outage,
      failures: settled.failures, doubtUntil: settled.doubtUntil, nextDue: settled.nextDue,
      replacement: replacement, at: now)
    return (settled, twin, replacement)
  }

  private func eraseEscrow() async {
    guard let path = escrowPath else { return }
    escrowPath = nil
    do throws(SystemError) {
      try await services.publisher.erase(path, steps)
    } catch {
      report(Event(.escrowNotErased, "The escrow of a roll that is settled could not be erased: \(error)."))
    }
  }
}

// MARK: - Finding out

extension RollRunner {
  private func askOld() async -> RollEvent {
    if oldSecret == nil, let wanted = intent?.oldFingerprint {
      let current = currentSecret()
      if current?.fingerprint == wanted { oldSecret = current }
    }
    guard let oldSecret else { return .standing(.unavailable) }
    return .standing(await ask(oldSecret, urgency: .cure))
  }

  private func askModified() async -> RollEvent {
    // Without a time to compare with there is nothing to be learnt.
    guard intent?.modifiedOn != nil else { return .modified(nil) }
    releasePermit()
    permit = await services.gate.acquire(
      entry.credential, urgency: .cure, since: since, presents: !passesHold)
    guard permit != nil else { return .notModified(APIFailure(.notSent, "the service is stopping")) }
    let credential: Secret
    do throws(SystemError) {
      // Read once its turn has come: it may have been rolled meanwhile.
      credential = try services.credential(entry.credential)
    } catch {
      releasePermit()
      return .notModified(APIFailure(.notSent, error.description))
    }
    let answer = await request(.lookup) {
      await services.issuer.token(account: entry.accountID, token: record.tokenID, credential: credential)
    }
    releasePermit()
    switch answer {
    case .success(let details): return .modified(details.modifiedOn)
    case .failure(let failure): return .notModified(failure)
    }
  }

  /// Asks with a place of its own in the queue.
  func ask(_ secret: Secret, urgency: Urgency) async -> Standing {
    releasePermit()
    permit = await services.gate.acquire(entry.credential, urgency: urgency, since: since, presents: false)
    guard permit != nil else { return .unknown("the service is stopping") }
    defer { releasePermit() }
    return await standing(of: secret)
  }

  func standing(of secret: Secret) async -> Standing {
    let answer = await request(.verify) {
      await services.issuer.verify(account: entry.accountID, secret: secret)
    }
    let standing = Standing(answer, of: tokenInHand)
    if case .success(let verification) = answer, standing == .inForce(status: TokenStatus.active.description)
    {
      onFacts(self, verification.status.description, verification.expiresOn)
    }
    return standing
  }
}

// MARK: - Common

extension RollRunner {
  /// Makes one request with the permit that is held.
  func request<Value>(
    _ call: APICall, _ body: () async -> Answer<Value>
  ) async -> Result<Value, APIFailure> {
    if permit != nil { services.gate.spend(&permit) }
    return await services.request(call, for: entry, body)
  }

  func releasePermit() {
    if let permit { services.gate.release(permit) }
    permit = nil
  }

  /// A reload, or the API, may have mended what the last attempt failed for: it is not told any more.
  func forgetTrouble() {
    machine.forgetTrouble()
    (advice, isUnready, isChanged) = (nil, false, false)
  }

  /// Lets go of what was made ready: temporaries are removed, the place in flight is given back.
  func abandon() {
    preparation?.discard()
    preparation = nil
    credentialRoll?.preparation = nil
    credential = nil
    releasePermit()
  }

  private func forgetSecrets() {
    abandon()
    oldSecret = nil
    newSecret = nil
    sentAt = nil
    outage = nil
    rolledAt = nil
    newTokenID = nil
    model = nil
  }

  @discardableResult func report(_ event: Event) -> RollEvent? {
    var event = event
    event.entry = entry.name
    event.accountID = entry.accountID
    event.tokenID = tokenInHand
    event.rollID = (machine.rollID ?? intent?.id)?.description
    event.phase = machine.phase.rawValue
    services.log.record(event)
    return nil
  }
}
