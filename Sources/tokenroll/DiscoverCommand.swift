internal import CloudflareAPI
internal import Core
internal import Daemon
internal import JSON
internal import Platform

/// `tokenroll discover`.
enum DiscoverCommand {
  @RotationActor static func run(_ options: Options) async throws(UsageError) -> ExitStatus {
    guard options.directory == nil || options.outputFile != nil else {
      throw UsageError("--directory is for --write, and says where the secrets are to be published")
    }
    do throws(ServiceFailure) {
      let discovery = try await Discovery.run(
        Discovery.Options(
          configurationFile: options.configuration, credential: options.credential, account: options.account,
          pattern: options.pattern, age: options.age))
      if options.wantsJSON { printJSON(discovery) } else { printTable(discovery) }
      guard let file = options.outputFile else { return .success }
      let directory = options.directory ?? Discovery.defaultDirectory
      report(try discovery.write(to: file, directory: directory), discovery, file, directory)
      return .success
    } catch {
      Terminal.complain("tokenroll: \(error.description)")
      return ExitStatus(error.kind)
    }
  }

  private static func printTable(_ discovery: Discovery) {
    guard !discovery.tokens.isEmpty else {
      Terminal.print(
        discovery.total == 0
          ? "Account \(discovery.account) has no tokens."
          : "None of the \(discovery.total) tokens of account \(discovery.account) was chosen.")
      return
    }
    var table = Table(["NAME", "STATUS", "AGE", "LAST USE", "EXPIRES", "ID", "POLICIES"])
    for token in discovery.tokens {
      let remark = token.id == discovery.own ? " (the credential itself)" : ""
      table.add(
        [
          token.printableName, token.status.description, span(token.changedOn, discovery.now) ?? "?",
          span(token.lastUsedOn, discovery.now).map { "\($0) ago" } ?? "never",
          token.expiresOn.map { String($0.rfc3339.prefix(10)) } ?? "never", token.id,
          token.policiesInWords + remark,
        ], style: token.status == .active ? nil : .yellow)
    }
    Terminal.print(table)
  }

  private static func span(_ time: Timestamp?, _ now: Timestamp) -> String? {
    time.map { max(now - $0, .zero).abbreviated }
  }

  private static func printJSON(_ discovery: Discovery) {
    var writer = JSONWriter(.pretty)
    writer.beginObject()
    writer.member("account_id", discovery.account)
    writer.key("tokens")
    writer.beginArray()
    for token in discovery.tokens {
      writer.beginObject()
      writer.member("id", token.id)
      writer.member("name", token.name)
      writer.member("status", token.status.description)
      for (key, time) in [
        ("issued_on", token.issuedOn), ("modified_on", token.modifiedOn), ("last_used_on", token.lastUsedOn),
        ("expires_on", token.expiresOn),
      ] {
        writer.key(key)
        if let time { writer.value(time.rfc3339) } else { writer.null() }
      }
      writer.member("permission_groups", token.permissionGroups)
      writer.member("policies", token.policiesInWords)
      writer.member("is_credential", token.id == discovery.own)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    Terminal.print(String(decoding: writer.bytes, as: UTF8.self))
  }

  /// On standard error, for standard output may be JSON.
  private static func report(_ names: [String], _ discovery: Discovery, _ file: String, _ directory: String) {
    let left = discovery.tokens.count - names.count
    let remark = left == 0 ? "" : "; left out: \(left), the credential itself or not in force"
    Terminal.complain("\(file): \(names.count) \(names.count == 1 ? "entry" : "entries")\(remark).")
    Terminal.complain(
      "Nothing is rolled before you put it in use. Correct schedules and files, which are to be in\n\(directory), "
        + "then: tokenroll check --config \(file)")
  }
}
