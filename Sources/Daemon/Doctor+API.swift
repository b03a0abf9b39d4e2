internal import CloudflareAPI
internal import Configuration
internal import Core
internal import Glibc
internal import Platform
internal import Store

extension Doctor {
  /// What is told of a clock that differs less is the delay of the network, and the whole seconds of `Date`.
  private static let tolerable = TimeSpan.seconds(30)
  /// When the end of a credential is told.
  private static let notice = TimeSpan.days(30)

  mutating func examineAPI(_ configuration: Configuration, _ credentials: [String: Secret]) async {
    guard examineName(of: configuration.api.baseURL) else { return }
    let client: CloudflareClient
    do throws(ClientError) {
      client = try CloudflareClient(configuration.api)
    } catch {
      findings.append(.fail("api", "\(error)", cure: "correct \"api\" in the configuration"))
      return
    }
    defer { client.shutdown() }
    let publisher = Publisher(escrow: Escrow(stateDirectory: configuration.stateDirectory))
    let replaced = ReplacedTokens(stateDirectory: configuration.stateDirectory)
    var isReached = false
    for (name, secret) in credentials.sorted(by: { $0.key < $1.key }) {
      let entries = configuration.tokens.filter { $0.credential == name }.map(replaced.resolve)
      guard let first = entries.first else {
        findings.append(.ok("credential \(name)", "no entry uses it"))
        continue
      }
      let answer = await client.verify(account: first.accountID, secret: secret)
      if !isReached {
        guard reached(configuration.api.baseURL, answer.result) else { return }
        compareClocks(answer.trace.serverTime)
        isReached = true
      }
      let isAccepted = await examine(name, secret, answer.result, first, client)
      guard isAccepted else { continue }
      if case .success(let verification) = answer.result {
        examineProvider(of: name, verification.id, configuration)
      }
      for entry in entries {
        let current = entry.provide.flatMap { credentials[$0] } ?? publisher.current(entry)
        findings += await Probe.token(of: entry, secret, current, client)
      }
    }
    if !isReached {
      findings.append(
        .warn(
          "api", "it was not asked anything, for there is no credential", cure: "see the credentials above"))
    }
  }

  /// Whether the entry that provides the credential `name` rolls the token that it is.
  private mutating func examineProvider(of name: String, _ token: String, _ configuration: Configuration) {
    guard let entry = configuration.tokens.first(where: { $0.provide == name }), entry.tokenID != token else {
      return
    }
    findings.append(
      .fail(
        "credential \(name)",
        "it is token \(token), but the entry \(entry.name), which provides it, rolls \(entry.tokenID)",
        cure: "correct \"token_id\" or \"provide\" of the entry"))
  }

  /// True where the name has addresses, or needs none.
  private mutating func examineName(of url: String) -> Bool {
    let authority = url.drop { $0 != ":" }.dropFirst(3).prefix { $0 != "/" }
    let host =
      authority.hasPrefix("[") ? authority.dropFirst().prefix { $0 != "]" } : authority.prefix { $0 != ":" }
    // An address needs no resolver.
    if host.allSatisfy({ $0.isNumber || $0 == "." || $0 == ":" }) { return true }
    // Behind a proxy it is the proxy that looks the name up.
    guard ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"].allSatisfy({ environment($0) == nil })
    else {
      return true
    }
    do throws(SystemError) {
      let count = try HostLookup.addresses(of: String(host))
      findings.append(.ok("dns", "\(host) has \(count) \(count == 1 ? "address" : "addresses")"))
      return true
    } catch {
      findings.append(
        .fail(
          "dns", "\(error)",
          cure:
            "see that the resolver works (resolvectl query \(host), /etc/resolv.conf), or correct \"base_url\""
        ))
      return false
    }
  }

  private mutating func reached<Value>(_ url: String, _ result: Result<Value, APIFailure>) -> Bool {
    if case .failure(let failure) = result, failure.effect != .refused {
      findings.append(.fail("api", "\(failure)", cure: Cure.api(failure, credential: "")))
      return failure.effect == .rateLimited
    }
    let isSecure = url.hasPrefix("https:")
    findings.append(.ok("api", "\(url) answers\(isSecure ? ", with a certificate that is trusted" : "")"))
    return true
  }

  private mutating func compareClocks(_ serverTime: Timestamp?) {
    guard let serverTime else { return }
    let difference = serverTime - SystemClock().now
    let isBehind = difference > .zero
    let amount = isBehind ? difference : .zero - difference
    guard amount > Self.tolerable else {
      findings.append(.ok("clock", "it agrees with the API's"))
      return
    }
    let text = "it is \(amount.abbreviated) \(isBehind ? "behind" : "ahead of") that of the API"
    findings.append(
      amount > ClockTrust.tolerance
        ? .fail("clock", text + ", so rolls come at wrong times", cure: Cure.clock)
        : .warn("clock", text, cure: Cure.clock))
  }

  /// Says what the API makes of the credential `name`; false where it refuses it.
  private mutating func examine(
    _ name: String, _ secret: Secret, _ result: Result<TokenVerification, APIFailure>, _ entry: Entry,
    _ client: CloudflareClient
  ) async -> Bool {
    let subject = "credential \(name)"
    let verification: TokenVerification
    switch result {
    case .success(let value): verification = value
    case .failure(let failure):
      // A token of a user can roll, too, and is none of the account's to verify.
      let lookup = await client.token(account: entry.accountID, token: entry.tokenID, credential: secret)
      if case .success = lookup.result {
        findings.append(.ok(subject, "the API accepts it"))
        return true
      }
      findings.append(
        .fail(subject, "the API does not accept it: \(failure)", cure: Cure.api(failure, credential: name)))
      return false
    }
    guard verification.status == .active else {
      findings.append(
        .fail(
          subject, "it is not in force: token \(verification.id) is \(verification.status)",
          cure: Cure.newCredential))
      return false
    }
    var text = "in force, as token \(verification.id)"
    if let end = verification.expiresOn {
      text += ", until \(end.rfc3339)"
      if end - SystemClock().now < Self.notice {
        findings.append(
          .warn(
            subject, text,
            cure: "give it a later end in Cloudflare's dashboard, or replace it and restart the service"))
        return true
      }
    }
    let own = await client.token(account: entry.accountID, token: verification.id, credential: secret)
    if case .success(let details) = own.result, !details.permissionGroups.isEmpty {
      guard details.permissionGroups.contains(TokenDetails.rollingPermission) else {
        findings.append(
          .warn(
            subject, "\(text), with the permissions \(details.permissionGroups.joined(separator: ", "))",
            cure:
              "give it the permission \(TokenDetails.rollingPermission), without which nothing can be rolled")
        )
        return true
      }
      text += ", with the permission \(TokenDetails.rollingPermission)"
    }
    findings.append(.ok(subject, text))
    return true
  }
}
