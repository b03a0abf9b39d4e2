internal import CloudflareAPI
public import Configuration
internal import Core
public import Platform
internal import Store
internal import Systemd

/// What `tokenroll check --probe` finds out: whether rolls would work, without rolling.
@RotationActor public enum Probe {
  /// Tries every credential, every token, every destination and the metrics of `configuration`; nothing is rolled.
  public static func run(_ configuration: Configuration) async -> [Finding] {
    let client: CloudflareClient
    do throws(ClientError) {
      client = try CloudflareClient(configuration.api)
    } catch {
      return [.fail("api", "\(error)", cure: "correct \"api\" in the configuration")]
    }
    defer { client.shutdown() }
    var findings: [Finding] = []
    var credentials: [String: Secret] = [:]
    let reader = CredentialReader(
      directory: CredentialsDirectory.current,
      successors: Successors(stateDirectory: configuration.stateDirectory))
    for (name, source) in configuration.credentials.sorted(by: { $0.key < $1.key }) {
      do throws(SystemError) {
        let reading = try reader.read(source, name: name)
        credentials[name] = reading.secret
        findings.append(.ok("credential \(name)", reading.sentence))
      } catch {
        findings.append(.fail("credential \(name)", "\(error)", cure: "put the credential in place"))
      }
    }
    if let file = configuration.metrics?.file {
      findings.append(
        replacement("metrics", file, cure: { _ in Cure.metrics }) { () throws(SystemError) in
          try AtomicFile.prove(MetricsFile.specification(file))
        })
    }
    if configuration.needsEncryption {
      let failure = await EncryptionCheck(of: configuration).failure()
      findings.append(
        failure.map { .fail("encryption", "\($0)", cure: Cure.encryption($0)) }
          ?? .ok("encryption", configuration.provedEncryption))
    }
    findings += ProgramCheck.findings(configuration)
    let publisher = Publisher(escrow: Escrow(stateDirectory: configuration.stateDirectory))
    let replaced = ReplacedTokens(stateDirectory: configuration.stateDirectory)
    for entry in configuration.tokens.map(replaced.resolve) {
      findings += destinations(of: entry, publisher)
      guard let credential = credentials[entry.credential] else { continue }
      let secret = entry.provide.flatMap { credentials[$0] } ?? publisher.current(entry)
      findings += await token(of: entry, credential, secret, client)
    }
    return findings
  }

  private static func destinations(of entry: Entry, _ publisher: Publisher) -> [Finding] {
    entry.groups.map { group in
      replacement(entry.name, group.first.replaced, cure: { Cure.destination(group.first, $0) }) {
        () throws(SystemError) in
        try publisher.readTemplates(of: group)
        return try group.prove(try publisher.specification(of: group))
      }
    }
  }

  /// Whether a file of `owner` can be replaced, which `prove` finds out.
  private static func replacement(
    _ owner: String, _ file: String, cure: (SystemError) -> String,
    _ prove: () throws(SystemError) -> [Publication.Notice]
  ) -> Finding {
    do throws(SystemError) {
      let remarks = try prove().map { "; note: \($0)" }.joined()
      return .ok(owner, "\(file) can be replaced\(remarks)")
    } catch {
      return .fail(owner, "\(error)", cure: cure(error))
    }
  }

  /// Looks up the token of `entry`, or both, and asks whether its `secret`, where it has one, is in force.
  static func token(
    of entry: Entry, _ credential: Secret, _ secret: Secret?, _ client: CloudflareClient
  ) async -> [Finding] {
    var findings: [Finding] = []
    var tokens: [TokenDetails] = []
    for id in entry.tokenIDs {
      let subject = entry.twinID == nil ? "the token" : "the token \(id)"
      switch await client.token(account: entry.accountID, token: id, credential: credential).result {
      case .failure(let failure):
        findings.append(
          .fail(
            entry.name, "\(subject) cannot be looked up with credential \(entry.credential): \(failure)",
            cure: Cure.api(failure, credential: entry.credential)))
      case .success(let details):
        tokens.append(details)
        findings.append(standing(of: entry, subject, details))
      }
    }
    guard tokens.count == entry.tokenIDs.count else { return findings }
    if tokens.count > 1 { findings += equality(of: entry, TokenDifference.between(tokens[0], tokens[1])) }
    if let secret { findings += await published(secret, of: entry, client) }
    return findings
  }

  private static func equality(of entry: Entry, _ differences: [String]) -> [Finding] {
    guard !differences.isEmpty else { return [] }
    return [
      .warn(
        entry.name, "the two tokens of the pair are not equal: \(differences.joined(separator: "; "))",
        cure: "make them equal in Cloudflare's dashboard: consumers get the one or the other")
    ]
  }

  private static func standing(of entry: Entry, _ subject: String, _ details: TokenDetails) -> Finding {
    let text = "\(subject) is \"\(details.name)\", \(details.status)"
    guard details.status != .active else { return .ok(entry.name, text) }
    return .fail(
      entry.name, text,
      cure: "switch the token on, or give it a later end, in Cloudflare's dashboard under Account API Tokens")
  }

  private static func published(
    _ secret: Secret, of entry: Entry, _ client: CloudflareClient
  ) async -> [Finding] {
    switch await client.verify(account: entry.accountID, secret: secret).result {
    case .success(let verification) where entry.tokenIDs.contains(verification.id):
      let standby = entry.tokenIDs.first { $0 != verification.id }
      let roles = standby.map { ", as token \(verification.id); the next roll is of \($0)" } ?? ""
      let finding = Finding.ok(entry.name, "the published secret is in force\(roles)")
      guard secret.count == Self.legacyLength else { return [finding] }
      return [
        finding,
        .ok(
          entry.name,
          "note: the secret has the old form of 40 characters; its first roll brings one of 53, which consumers must "
            + "be able to take"),
      ]
    case .success(let verification):
      return [
        .fail(
          entry.name,
          "the published secret belongs to token \(verification.id); correct token_id or file",
          cure: "correct \"token_id\" or \"file\" of the entry")
      ]
    case .failure(let failure):
      return [
        .fail(
          entry.name, "the published secret is not accepted: \(failure)",
          cure: failure.effect == .refused
            ? "find out who else rolls this token (the account's audit log says it), then `tokenroll roll \(entry.name)`"
            : Cure.api(failure, credential: entry.credential))
      ]
    }
  }

  /// Bare secrets, as they were issued before tokens got a prefix (developer documentation, "Token formats").
  private static let legacyLength = 40
}
