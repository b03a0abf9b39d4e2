internal import CloudflareAPI
internal import Configuration
internal import Core
internal import Glibc
internal import Platform
internal import Store

/// One look at what an entry published: its files, and what the API says of the secret in them.
@RotationActor struct DriftCheck {
  /// What came of it.
  struct Look {
    /// What is not as it should be, each with a sentence without its full stop.
    var seen: [Drift: String] = [:]
    /// Whether the API said something about a secret.
    var hasAnswer = false
    /// Whether it accepted one as the token's.
    var isVerified = false
    /// Whether it could not be asked, so that the look has to be repeated.
    var isUnanswered = false
    /// The secret that is in force, where it is not the one that was published or not known to be in force.
    var adopted: Fingerprint?
    fileprivate(set) var unjudgedFiles: Set<String> = []

    /// Whether the look can tell that `drift` is over.
    func judges(_ drift: Drift) -> Bool {
      switch drift.kind {
      case .secretRefused, .otherToken, .tokenInactive, .tokenExpiring: hasAnswer
      case .fileMissing, .fileChanged, .rightsWrong: !unjudgedFiles.contains(drift.file)
      }
    }
  }

  let entry: Entry
  let records: TokenRecords
  let services: RollServices
  /// False once a roll of the entry has begun or its configuration has changed: nothing that is seen counts then.
  let isUndisturbed: @RotationActor () -> Bool

  /// That of the token whose secret consumers hold.
  private var record: TokenRecord { records.inUse }

  /// Looks; nil where it was disturbed.
  func look() async -> Look? {
    var look = Look()
    for group in entry.groups { correctRights(of: group, &look) }
    let contents = entry.publish.map { destination in
      (destination, Result { () throws(SystemError) in try Publisher.content(of: destination) })
    }
    let secrets = secrets(in: contents)
    guard let accepted = await ask(secrets, &look), isUndisturbed() else { return nil }
    if let accepted, accepted.fingerprint != record.fingerprint { look.adopted = accepted.fingerprint }
    let fingerprint = look.adopted ?? record.fingerprint
    let reference = accepted ?? secrets.first { $0.secret.fingerprint == fingerprint }?.secret
    for (destination, content) in contents {
      judge(destination, content, reference, fingerprint, &look)
    }
    return look
  }
}

// MARK: - The secret

extension DriftCheck {
  private typealias Content = (destination: Destination, content: Result<Secret, SystemError>)

  /// The secrets that consumers hold, each once, with the first file that has it.
  private func secrets(in contents: [Content]) -> [(secret: Secret, file: String)] {
    var seen: Set<Fingerprint> = []
    let published = contents.compactMap { destination, content -> (secret: Secret, file: String)? in
      guard case .success(let content) = content,
        let secret = services.publisher.secret(in: content, of: destination),
        seen.insert(secret.fingerprint).inserted
      else { return nil }
      return (secret, destination.file)
    }
    guard let name = entry.provide, let secret = try? services.credential(name),
      seen.insert(secret.fingerprint).inserted
    else { return published }
    return published + [(secret, "the credential \(name)")]
  }

  /// Asks for one secret after the other until one is in force, which is returned; nil within where none is, and nil where
  /// the look was disturbed.
  private func ask(_ secrets: [(secret: Secret, file: String)], _ look: inout Look) async -> Secret?? {
    var refusal: String?
    var others: [Drift: String] = [:]
    for (secret, file) in secrets {
      guard let answer = await services.verify(secret, of: entry, urgency: .look, ifStill: isUndisturbed)
      else { return .none }
      switch Standing(answer, of: record.tokenID) {
      case .inForce:
        look.hasAnswer = true
        look.isVerified = true
        if case .success(let verification) = answer { judge(verification, &look) }
        return .some(secret)
      case .otherToken(let id):
        others[Drift(.otherToken, file: file)] = "the secret in \(file) belongs to token \(id)"
      case .refused(let reason):
        refusal = reason
      case .unknown, .unavailable:
        look.isUnanswered = true
        return .some(nil)
      }
    }
    look.hasAnswer = !secrets.isEmpty
    look.seen.merge(others) { first, _ in first }
    if let refusal {
      look.seen[Drift(.secretRefused)] =
        "the API refuses the published secret (\(refusal)), so somebody else has rolled the token and consumers are down"
    }
    return .some(nil)
  }

  private func judge(_ verification: TokenVerification, _ look: inout Look) {
    let now = services.clock.now
    let ending = DriftPolicy.ending(
      status: verification.status.description, expiresOn: verification.expiresOn,
      nextRoll: services.planner.following(entry, records, after: now), warning: entry.verify.expiryWarning,
      now: now)
    if let ending { look.seen[ending.drift] = ending.detail }
  }
}

// MARK: - The files

extension DriftCheck {
  private func judge(
    _ destination: Destination, _ content: Result<Secret, SystemError>, _ reference: Secret?,
    _ fingerprint: Fingerprint?, _ look: inout Look
  ) {
    let file = destination.file
    switch content {
    case .failure(let error) where error.code == ENOENT || error.code == ENOTDIR:
      look.seen[Drift(.fileMissing, file: file)] = "\(file) is gone"
    // What was given to another user may not be ours to read.
    case .failure(let error) where error.code == EACCES:
      look.unjudgedFiles.insert(file)
    case .failure(let error):
      look.seen[Drift(.fileChanged, file: file)] = "\(file) is not what was published: \(error)"
    case .success(let content):
      let isHeld: Bool? =
        if let reference {
          services.publisher.holds(reference, in: content, of: destination, token: record.tokenID)
        } else {
          fingerprint.flatMap { fingerprint in
            services.publisher.secret(in: content, of: destination).map { $0.fingerprint == fingerprint }
          }
        }
      // Another secret may be in force, which only the API knows.
      guard let isHeld, isHeld || !look.isUnanswered else {
        look.unjudgedFiles.insert(file)
        return
      }
      if !isHeld {
        look.seen[Drift(.fileChanged, file: file)] = "\(file) does not hold the secret that was published"
      }
    }
  }

  /// Puts rights right at once, whatever the rest of the look brings.
  private func correctRights(of group: DestinationGroup, _ look: inout Look) {
    let publisher = services.publisher
    // A directory that others can write to is trusted with nothing, so its own rights come first.
    if let link = group.link {
      correctRights(of: link, &look) { () throws(SystemError) in
        try AtomicDirectory.correctRights(try publisher.specification(of: group))
      }
    }
    for destination in group.destinations {
      correctRights(of: destination.file, &look) { () throws(SystemError) in
        try AtomicFile.correctRights(try publisher.specification(of: destination, in: group))
      }
    }
  }

  private func correctRights(
    of path: String, _ look: inout Look, _ correct: () throws(SystemError) -> AtomicFile.Correction?
  ) {
    do throws(SystemError) {
      guard let correction = try correct() else { return }
      let comparison = correction.wasWider ? "which is more than is configured" : "which is not as configured"
      var event = Event(
        .rightsCorrected,
        "\(path) \(correction.former), \(comparison); it has been put right.")
      event.entry = entry.name
      services.log.record(event)
    } catch {
      // A file that is gone is told as such.
      guard error.code != ENOENT, error.code != ENOTDIR else { return }
      look.seen[Drift(.rightsWrong, file: path)] =
        "the rights of \(path) could not be looked at or put right: \(error)"
    }
  }
}
