internal import CloudflareAPI
internal import Configuration
public import Core
public import Platform
internal import Store

/// What `tokenroll audit` finds: where the schedule and the accounts do not agree, and what deserves a second thought.
@RotationActor public struct Audit {
  private var findings: [Finding] = []
  private let configuration: Configuration
  private let client: CloudflareClient
  private let unusedFor: TimeSpan
  private let now = SystemClock().now
  /// By the name of the entry.
  private let nextRolls: [String: Timestamp]
  /// Replaced tokens that are still to be deleted.
  private let deletions: [String: Deletion]

  /// When the end of a token is told that lies after its next roll.
  private static let notice = TimeSpan.days(30)
  /// How far the plan is looked at.
  private static let horizon = TimeSpan.days(3_660)

  /// Compares the configuration `file` with its accounts; tokens that were not used for `unusedFor` are told.
  ///
  /// Throws `ServiceFailure` where the configuration or the state cannot be read.
  public static func run(_ file: String, unusedFor: TimeSpan) async throws(ServiceFailure) -> [Finding] {
    try Workplace.prepareProcess()
    let environment = try EnvironmentConventions.take()
    var audit: Audit
    let reader: CredentialReader
    do {
      var configuration = environment.applied(to: try ConfigurationFile.load(file))
      reader = environment.reader(for: configuration)
      let replaced = ReplacedTokens(stateDirectory: configuration.stateDirectory)
      configuration.tokens = configuration.tokens.map(replaced.resolve)
      audit = Audit(
        configuration, try CloudflareClient(configuration.api), unusedFor, try Self.plan(configuration),
        replaced.deletions)
    } catch {
      throw ServiceFailure(error)
    }
    defer { audit.client.shutdown() }
    await audit.compare(reader)
    return audit.findings
  }

  private init(
    _ configuration: Configuration, _ client: CloudflareClient, _ unusedFor: TimeSpan,
    _ nextRolls: [String: Timestamp], _ deletions: [String: Deletion]
  ) {
    self.configuration = configuration
    self.client = client
    self.unusedFor = unusedFor
    self.nextRolls = nextRolls
    self.deletions = deletions
  }

  private static func plan(_ configuration: Configuration) throws -> [String: Timestamp] {
    // The plan has the earliest first.
    let occurrences = try RollPlan.make(configuration, entry: nil, until: horizon).occurrences
    return Dictionary(occurrences.map { ($0.entry, $0.due) }, uniquingKeysWith: { first, _ in first })
  }

  private mutating func compare(_ reader: CredentialReader) async {
    var secrets: [String: Secret] = [:]
    for (name, source) in configuration.credentials.sorted(by: { $0.key < $1.key }) {
      do throws(SystemError) {
        secrets[name] = try reader.read(source, name: name).secret
      } catch {
        findings.append(
          .fail(
            "credential \(name)", "\(error)", cure: "put the credential in place, or run this as its reader"))
      }
    }
    var accounts: [String] = []
    for entry in configuration.tokens where !accounts.contains(entry.accountID) {
      accounts.append(entry.accountID)
    }
    for account in accounts {
      let entries = configuration.tokens.filter { $0.accountID == account }
      await compare(account, entries, secrets)
    }
  }

  private mutating func compare(_ account: String, _ entries: [Entry], _ secrets: [String: Secret]) async {
    let subject = "account \(account)"
    let names = entries.map(\.credential).uniqued
    // What is wrong with a credential that cannot be read was said already.
    guard let name = names.first(where: { secrets[$0] != nil }), let secret = secrets[name] else { return }
    switch await AccountTokens.list(account, client, secret) {
    case .failure(let failure):
      findings.append(
        .fail(
          subject, "its tokens cannot be listed with credential \(name): \(failure)",
          cure: Cure.listing(failure, credential: name)))
    case .success(let tokens):
      findings.append(.ok(subject, "it has \(tokens.count) \(tokens.count == 1 ? "token" : "tokens")"))
      var own: [String: String] = [:]
      for name in names {
        guard let secret = secrets[name] else { continue }
        let answer = await client.verify(account: account, secret: secret).result
        if case .success(let verification) = answer { own[verification.id] = name }
      }
      await judge(entries, tokens, secret, name)
      judgeOthers(entries, tokens, own)
    }
  }
}

// MARK: - Entries

extension Audit {
  private mutating func judge(
    _ entries: [Entry], _ tokens: [TokenDetails], _ secret: Secret, _ credential: String
  ) async {
    let known = Dictionary(tokens.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    for entry in entries {
      for id in entry.tokenIDs {
        if let token = known[id] {
          judge(entry, token)
          continue
        }
        // The list leaves out what has expired.
        switch await client.token(account: entry.accountID, token: id, credential: secret).result {
        case .success(let token): judge(entry, token)
        case .failure(let failure): findings.append(Self.missing(entry, id, failure, credential))
        }
      }
    }
  }

  private static func missing(
    _ entry: Entry, _ id: String, _ failure: APIFailure, _ credential: String
  ) -> Finding {
    guard failure.effect == .refused, failure.httpStatus == 404 else {
      return .fail(
        entry.name, "token \(id) cannot be looked up: \(failure)",
        cure: Cure.api(failure, credential: credential))
    }
    return .fail(
      entry.name, "token \(id) is gone: the account has none of this identifier",
      cure:
        "take the entry out of the configuration, or correct its token_id; `tokenroll discover` lists what there is"
    )
  }

  private mutating func judge(_ entry: Entry, _ token: TokenDetails) {
    let before = findings.count
    let name = entry.name
    if token.status != .active {
      findings.append(
        .fail(
          name, "its token \"\(token.printableName)\" is \(token.status)",
          cure:
            "switch the token on, or give it a later end, in Cloudflare's dashboard under Account API Tokens")
      )
    } else if let end = token.expiresOn {
      judgeEnd(end, of: token, name)
    }
    // An entry that provides a credential has to have it.
    if token.mayRollTokens, entry.provide == nil {
      findings.append(
        .warn(
          name,
          "its token \"\(token.printableName)\" may roll and make tokens, and so may whoever reads where it is published",
          cure: "give its consumers a token without the permission \(TokenDetails.rollingPermission)"))
    }
    if let text = unused(token) {
      findings.append(
        .warn(
          name, "its token \"\(token.printableName)\" \(text)",
          cure: "find out whether anybody needs it; if not, take the entry out and delete the token"))
    }
    if findings.count == before {
      findings.append(.ok(name, "its token \"\(token.printableName)\" is active"))
    }
  }

  private mutating func judgeEnd(_ end: Timestamp, of token: TokenDetails, _ name: String) {
    let text = "its token \"\(token.printableName)\" ends at \(end.rfc3339)"
    let cure = "give the token a later end in Cloudflare's dashboard: a roll gives it none"
    if let next = nextRolls[name], end <= next {
      findings.append(.fail(name, text + ", before its next roll at \(next.rfc3339)", cure: cure))
    } else if end - now < Self.notice {
      findings.append(.warn(name, text, cure: cure))
    }
  }

  /// Why the token counts as not used; nil where it does not.
  private func unused(_ token: TokenDetails) -> String? {
    if let use = token.lastUsedOn {
      return now - use >= unusedFor ? "was used \((now - use).abbreviated) ago for the last time" : nil
    }
    guard let issued = token.issuedOn, now - issued >= unusedFor else { return nil }
    return "was never used since it was made \((now - issued).abbreviated) ago"
  }
}

// MARK: - Tokens that no entry is about

extension Audit {
  /// The service deletes it: it is there for its grace, or because that failed.
  private static func judge(
    _ deletion: Deletion, _ token: TokenDetails, _ subject: String, at now: Timestamp
  ) -> Finding {
    let name = "\"\(token.printableName)\""
    guard deletion.failures > 0 else {
      let when = deletion.due > now ? "at \(deletion.due.rfc3339)" : "as soon as nothing is in the way"
      return .ok(
        subject, "\(name) was replaced by the entry \(deletion.entry), and the service deletes it \(when)")
    }
    let times = deletion.failures == 1 ? "once" : "\(deletion.failures) times"
    return .warn(
      subject,
      "\(name) was replaced by the entry \(deletion.entry), and could not be deleted: that was tried \(times)",
      cure:
        "see `tokenroll status \(deletion.entry)`; a token that you delete in Cloudflare's dashboard is done with"
    )
  }

  private mutating func judgeOthers(_ entries: [Entry], _ tokens: [TokenDetails], _ own: [String: String]) {
    let rolled = Set(entries.flatMap(\.tokenIDs))
    for token in tokens where !rolled.contains(token.id) {
      let subject = "token \(token.id)"
      let age = token.changedOn.map { ", unchanged for \((now - $0).abbreviated)" } ?? ""
      if let credential = own[token.id] {
        findings.append(.ok(subject, "\"\(token.printableName)\" is the credential \(credential)\(age)"))
        continue
      }
      if let deletion = deletions[token.id] {
        findings.append(Self.judge(deletion, token, subject, at: now))
        continue
      }
      let rights = token.mayRollTokens ? ", and may roll and make tokens" : ""
      let use = unused(token).map { "; it \($0)" } ?? ""
      findings.append(
        .warn(
          subject, "nobody rolls \"\(token.printableName)\", \(token.status)\(age)\(rights)\(use)",
          cure: "delete it in Cloudflare's dashboard if nobody needs it, or make an entry for it "
            + "(`tokenroll discover --match NAME --write FILE`)"))
    }
  }
}
