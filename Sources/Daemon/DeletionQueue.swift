internal import CloudflareAPI
internal import Core
internal import Platform
internal import Store

/// Deletes the tokens that replacements leave behind, again and again until it works; no roll waits for it.
///
/// A token's id is in the state before anything is done about it and leaves it once the API says that the token is gone. What a
/// creation without an answer may have made is looked for by its name, until none is to be expected any more.
@RotationActor final class DeletionQueue {
  private let services: RollServices
  private(set) var deletions: [Deletion] = []
  /// Those with a request under way, by their `id`.
  private var active: Set<Int64> = []
  /// Until when those wait whose time has come, and whose entry is not to be touched now.
  private var held: [Int64: Timestamp] = [:]
  private var timer: WakeTimer?
  private var isAtWork = false
  /// Until when a deletion has to wait that is due now; nil where it need not.
  var hold: @RotationActor (Deletion) -> Timestamp? = { _ in nil }
  /// The credential that the entry of a token has now; nil where no entry has the token any more.
  var credential: @RotationActor (Deletion) -> String? = { _ in nil }

  /// Called whenever a request came to its end.
  var onChange: @RotationActor () -> Void = {}

  /// How often what a creation may have made is looked for: at once, then ever more seldom.
  private static let looking = RetryPolicy(base: .seconds(5), cap: .hours(1))
  /// Tokens in a page of the API's list, the most that it gives.
  private static let pageSize = 50
  /// An account has 500 tokens at most; a list that goes on much longer has no end.
  private static let mostPages = 200

  /// A queue that does nothing before `start`.
  init(services: RollServices) {
    self.services = services
    timer = WakeTimer { [weak self] in self?.work() }
  }
}

// MARK: - What is owed

extension DeletionQueue {
  /// Takes up what is to be deleted.
  func load() throws(StoreError) {
    deletions = try services.store.deletions()
    held = [:]
  }

  /// Takes up what a roll has changed.
  func refresh() {
    do throws(StoreError) {
      try load()
    } catch {
      services.log.record(
        Event(.stateNotWritten, "What is to be deleted could not be read: \(error); a restart takes it up."))
    }
    work()
  }

  /// What was put off by another clock is looked at anew.
  func clockWasSet() {
    lookOn()
    lookAnew()
  }

  /// Looks whether what is held up still has to wait.
  func lookAnew() {
    held = [:]
    work()
  }

  /// A request that was given up arrives by no clock that anybody sets.
  private func lookOn() {
    for deletion in deletions {
      if let longer = deletion.lookedFor(since: services.clock.now) { keep(longer) }
    }
  }

  /// Begins to delete.
  func start() {
    isAtWork = true
    lookOn()
    work()
  }

  /// Begins no further request; what is owed is taken up after the next start.
  func stop() {
    isAtWork = false
    timer?.cancel()
  }

  /// Those that replacements of an entry's token, in `row`, have left behind.
  func deletions(ofToken row: Int64) -> [Deletion] {
    deletions.isEmpty ? [] : deletions.filter { $0.token == row }
  }

  /// Since when the deletion fails that does for the longest; nil where none does.
  var failingSince: Timestamp? { deletions.compactMap(\.trouble?.since).min() }

  /// Has what failed tried again at once, of these tokens' rows or of all, unless it has to wait; returns the tokens of which
  /// that is so, as far as they are known.
  func retry(_ rows: Set<Int64>?) -> [String] {
    guard isAtWork else { return [] }
    let now = services.clock.now
    var hastened: Set<Int64> = []
    for place in deletions.indices {
      let deletion = deletions[place]
      guard rows?.contains(deletion.token) ?? true, deletion.failures > 0, !active.contains(deletion.id)
      else {
        continue
      }
      deletions[place].due = min(deletion.due, now)
      held[deletion.id] = nil
      hastened.insert(deletion.id)
    }
    work()
    return deletions.filter { hastened.contains($0.id) && active.contains($0.id) }.compactMap(\.tokenID)
  }

  /// Whether no request is under way.
  var isAtRest: Bool { active.isEmpty }

  /// Does what is due, and arms the timer for the next.
  func work() {
    guard isAtWork else { return }
    let now = services.clock.now
    var earliest: Timestamp?
    for deletion in deletions where !active.contains(deletion.id) {
      var due = max(deletion.due, held[deletion.id] ?? deletion.due)
      if due <= now, let hold = hold(deletion) {
        held[deletion.id] = hold
        due = hold
      }
      guard due <= now else {
        earliest = min(earliest ?? due, due)
        continue
      }
      active.insert(deletion.id)
      RotationActor.task { await self.attend(to: deletion) }
    }
    if let earliest { timer?.schedule(at: earliest) } else { timer?.cancel() }
  }

  private func attend(to deletion: Deletion) async {
    if let token = deletion.tokenID { await delete(token, deletion) } else { await look(for: deletion) }
    active.remove(deletion.id)
    work()
    onChange()
  }
}

// MARK: - Requests

extension DeletionQueue {
  private func delete(_ token: String, _ deletion: Deletion) async {
    let answer = await request(.delete, deletion) { credential in
      await self.services.issuer.delete(account: deletion.accountID, token: token, credential: credential)
    }
    switch answer {
    case .success:
      finish(deletion, "The token \(token), which no consumer has any more, is deleted.")
    // It was deleted by an earlier request, or by somebody else.
    case .failure(let failure) where failure.httpStatus == 404:
      finish(deletion, "The token \(token), which no consumer has any more, is gone.")
    case .failure(let failure):
      fail(deletion, failure)
    case nil: break
    }
  }

  private func look(for deletion: Deletion) async {
    var page = 1
    var seen = 0
    while page <= Self.mostPages {
      let number = page
      let answer = await request(.list, deletion) { credential in
        await self.services.issuer.tokens(
          account: deletion.accountID, page: number, perPage: Self.pageSize, credential: credential)
      }
      switch answer {
      case .success(let list):
        if let found = list.tokens.first(where: { ReplacementName.isMade($0.name, by: deletion.roll) }) {
          var deletion = deletion
          (deletion.tokenID, deletion.until, deletion.failures, deletion.trouble) = (found.id, nil, 0, nil)
          deletion.due = services.clock.now
          keep(deletion)
          return
        }
        seen += list.tokens.count
        guard !list.tokens.isEmpty, list.totalCount.map({ seen < $0 }) ?? true else {
          lookAgain(deletion)
          return
        }
      case .failure(let failure):
        fail(deletion, failure)
        return
      case nil: return
      }
      page += 1
    }
    lookAgain(deletion)
  }

  /// Makes one request in its turn; nil where the service is stopping.
  private func request<Value>(
    _ call: APICall, _ deletion: Deletion, _ body: (Secret) async -> Answer<Value>
  ) async -> Result<Value, APIFailure>? {
    let name = credential(deletion) ?? deletion.credential
    var permit = await services.gate.acquire(name, urgency: .roll, since: deletion.due)
    guard permit != nil else { return nil }
    defer { if let permit { services.gate.release(permit) } }
    let secret: Secret
    do throws(SystemError) {
      // Only now: the wait may have been that for a new secret of the credential.
      secret = try services.credential(name)
    } catch {
      return .failure(APIFailure(.notSent, error.description))
    }
    services.gate.spend(&permit)
    return await services.request(call, of: deletion.entry, name) { await body(secret) }
  }
}

// MARK: - What came of it

extension DeletionQueue {
  private func finish(_ deletion: Deletion, _ message: String) {
    do throws(StoreError) {
      try services.store.forget(deletion)
    } catch {
      report(
        Event(
          .stateNotWritten, "That a token was deleted could not be kept: \(error); it is asked for again."),
        deletion)
      keep(deletion.tried(again: services.clock.now + .minutes(1), trouble: deletion.trouble))
      return
    }
    remove(deletion)
    report(Event(.tokenDeleted, message), deletion)
  }

  /// There is no such token so far; the request that creates it may still be on its way.
  private func lookAgain(_ deletion: Deletion) {
    let now = services.clock.now
    guard let until = deletion.until, now < until else {
      do throws(StoreError) {
        try services.store.forget(deletion)
        remove(deletion)
      } catch {
        keep(deletion.tried(again: now + .hours(1), trouble: deletion.trouble))
      }
      return
    }
    let wait = Self.looking.delay(failures: deletion.failures + 1, random: .random(in: .min ... .max))
    keep(deletion.tried(again: min(now + wait, until), trouble: nil))
  }

  private func fail(_ deletion: Deletion, _ failure: APIFailure) {
    let policy: RetryPolicy = failure.effect == .refused ? .refused : .transient
    let wait = policy.delay(
      failures: deletion.failures + 1, random: .random(in: .min ... .max), retryAfter: failure.retryAfter)
    let now = services.clock.now
    let trouble = Deletion.Trouble(since: deletion.trouble?.since ?? now, reason: failure.reason)
    let next = deletion.tried(again: now + wait, trouble: trouble)
    keep(next)
    guard next.failures & (next.failures - 1) == 0 else { return }
    let what =
      deletion.tokenID.map {
        "The token \($0), which no consumer has any more, could not be deleted and is still valid"
      }
      ?? "Whether a creation without an answer has made a token could not be found out"
    var event = Event(
      .deletionFailed,
      "\(what): \(failure.reason). The next attempt is in \(wait.abbreviated). The credential needs Account API Tokens Write; a "
        + "token that you delete in Cloudflare's dashboard is done with.")
    event.attempt = next.failures
    event.httpStatus = failure.httpStatus
    event.apiCode = failure.apiCode
    event.ray = failure.ray
    report(event, next)
  }

  private func remove(_ deletion: Deletion) { deletions.removeAll { $0.id == deletion.id } }

  /// What cannot be made durable is tried again at once after a restart, and does no harm.
  private func keep(_ deletion: Deletion) {
    guard let place = deletions.firstIndex(where: { $0.id == deletion.id }) else { return }
    deletions[place] = deletion
    do throws(StoreError) {
      try services.store.keep(deletion)
    } catch {
      report(Event(.stateNotWritten, "What became of a deletion could not be kept: \(error)."), deletion)
    }
  }

  private func report(_ event: Event, _ deletion: Deletion) {
    var event = event
    event.entry = deletion.entry
    event.accountID = deletion.accountID
    event.tokenID = deletion.tokenID
    event.rollID = deletion.roll.description
    services.log.record(event)
  }
}

extension Deletion {
  fileprivate func tried(again due: Timestamp, trouble: Trouble?) -> Deletion {
    var deletion = self
    deletion.due = due
    deletion.trouble = trouble
    deletion.failures += 1
    return deletion
  }
}
