internal import CloudflareAPI
public import Configuration
internal import Core
public import Platform
internal import Store
internal import Systemd

/// What `tokenroll check --probe` finds out: whether rolls would work, without rolling.
@RotationActor public enum Probe {
  /// One thing that was tried.
  public struct Finding: Sendable {
    /// Whether it is as it should be.
    public var isGood: Bool
    /// What was tried, and what came of it.
    public var text: String

    /// As it is printed.
    public var line: String { (isGood ? "ok    " : "wrong ") + text }
  }

  /// Tries every credential, every token, every destination and the metrics of `configuration`; nothing is rolled.
  public static func run(_ configuration: Configuration) async -> [Finding] {
    let client: CloudflareClient
    do throws(ClientError) {
      client = try CloudflareClient(
        baseURL: configuration.api.baseURL, timeout: configuration.api.timeout,
        connectTimeout: configuration.api.connectTimeout, caFile: configuration.api.caFile,
        maxConnections: configuration.api.maxInFlight, userAgent: "tokenroll/\(Version.current)")
    } catch {
      return [Finding(isGood: false, text: "api: \(error)")]
    }
    defer { client.shutdown() }
    var findings: [Finding] = []
    var credentials: [String: Secret] = [:]
    let reader = CredentialReader(directory: CredentialsDirectory.current)
    for (name, source) in configuration.credentials.sorted(by: { $0.key < $1.key }) {
      do throws(SystemError) {
        credentials[name] = try reader.read(source, name: name)
        findings.append(Finding(isGood: true, text: "credential \(name): can be read"))
      } catch {
        findings.append(Finding(isGood: false, text: "credential \(name): \(error)"))
      }
    }
    if let file = configuration.metrics?.file {
      findings.append(replacement("metrics", file) { MetricsFile.specification(file) })
    }
    let publisher = Publisher(escrow: Escrow(stateDirectory: configuration.stateDirectory))
    for entry in configuration.tokens {
      findings += destinations(of: entry, publisher)
      guard let credential = credentials[entry.credential] else { continue }
      findings += await token(of: entry, credential, publisher, client)
    }
    return findings
  }

  private static func destinations(of entry: Entry, _ publisher: Publisher) -> [Finding] {
    entry.publish.map { destination in
      replacement(entry.name, destination.file) { () throws(SystemError) in
        try publisher.specification(of: destination)
      }
    }
  }

  /// Whether a file of `owner` can be replaced.
  private static func replacement(
    _ owner: String, _ file: String, _ specification: () throws(SystemError) -> FileSpecification
  ) -> Finding {
    do throws(SystemError) {
      let remarks = try AtomicFile.prove(try specification()).map { "; note: \($0)" }.joined()
      return Finding(isGood: true, text: "\(owner): \(file) can be replaced\(remarks)")
    } catch {
      return Finding(isGood: false, text: "\(owner): \(error)")
    }
  }

  private static func token(
    of entry: Entry, _ credential: Secret, _ publisher: Publisher, _ client: CloudflareClient
  ) async -> [Finding] {
    let details: TokenDetails
    switch await client.token(account: entry.accountID, token: entry.tokenID, credential: credential).result {
    case .failure(let failure):
      return [
        Finding(
          isGood: false,
          text: "\(entry.name): the token cannot be looked up with credential \(entry.credential): \(failure)"
        )
      ]
    case .success(let answer): details = answer
    }
    var findings = [
      Finding(
        isGood: details.status == .active,
        text: "\(entry.name): the token is \"\(details.name)\", \(details.status)")
    ]
    guard let secret = publisher.current(entry) else { return findings }
    switch await client.verify(account: entry.accountID, secret: secret).result {
    case .success(let verification) where verification.id == entry.tokenID:
      findings.append(Finding(isGood: true, text: "\(entry.name): the published secret is in force"))
      if secret.count == Self.legacyLength {
        findings.append(
          Finding(
            isGood: true,
            text:
              "\(entry.name): note: the secret has the old form of 40 characters; its first roll brings one of 53, "
              + "which consumers must be able to take"))
      }
    case .success(let verification):
      findings.append(
        Finding(
          isGood: false,
          text:
            "\(entry.name): the published secret belongs to token \(verification.id); correct token_id or file"
        ))
    case .failure(let failure):
      findings.append(
        Finding(isGood: false, text: "\(entry.name): the published secret is not accepted: \(failure)"))
    }
    return findings
  }

  /// Bare secrets, as they were issued before tokens got a prefix (developer documentation, "Token formats").
  private static let legacyLength = 40
}
