internal import Core
internal import JSON
internal import Platform

/// `tokenroll status`.
enum StatusCommand {
  static func run(_ options: Options) -> ExitStatus {
    ControlClient.run(options, ifNotRunning: .notRunning) { (client) throws(ControlFailure) in
      if let name = options.operands.first { return try show(name, client, options) }
      return try showAll(client, options)
    }
  }

  private static func showAll(_ client: ControlClient, _ options: Options) throws(ControlFailure)
    -> ExitStatus
  {
    let status = try ServiceStatus(client)
    guard let summary = status.summary else { return .unavailable }
    if options.wantsJSON {
      print(summary, status.entries)
    } else {
      for line in head(summary) { Terminal.print(line) }
      Terminal.print("")
      Terminal.print(table(status.entries))
      for line in tasks(status.entries) { Terminal.print(line) }
    }
    return summary["healthy"]?.boolean == true ? .success : .failure
  }

  private static func show(
    _ name: String, _ client: ControlClient, _ options: Options
  ) throws(ControlFailure) -> ExitStatus {
    guard let entry = try client.call("Entry", { $0.member("name", name) })?["entry"] else {
      return .unavailable
    }
    if options.wantsJSON {
      var writer = JSONWriter(.pretty)
      writer.copy(entry)
      Terminal.print(String(decoding: writer.bytes, as: UTF8.self))
    } else {
      Terminal.print(details(entry))
    }
    return entry["healthy"]?.boolean == true ? .success : .failure
  }

  private static func print(_ summary: JSONNode, _ entries: [JSONNode]) {
    var writer = JSONWriter(.pretty)
    writer.beginObject()
    for member in summary.members where !member.hasKey("entries") {
      writer.key(member.key)
      writer.copy(member.value)
    }
    writer.key("entries")
    writer.beginArray()
    for entry in entries { writer.copy(entry) }
    writer.endArray()
    writer.endObject()
    Terminal.print(String(decoding: writer.bytes, as: UTF8.self))
  }
}

// MARK: - For people

extension StatusCommand {
  private static func head(_ summary: JSONNode) -> [String] {
    let counts = summary["counts"]
    func count(_ key: String) -> Int64 { counts?[key]?.integer ?? 0 }
    var parts = [count("entries") == 1 ? "1 entry" : "\(count("entries")) entries"]
    for key in [
      "rolling", "failing", "uncertain", "unpublished", "unreloaded", "failed_programs", "unready", "held",
      "drifted",
      "ending", "undeleted",
      "paused",
    ]
    where count(key) > 0 {
      parts.append("\(count(key)) \(key == "failed_programs" ? "with failed programs" : key)")
    }
    let started = ServiceStatus.time(summary["started_at"]).map {
      ", running for \((SystemClock().now - $0).abbreviated)"
    }
    var lines = [
      "tokenroll \(summary["version"]?.string ?? "?")\(started ?? ""): \(parts.joined(separator: ", "))"
    ]
    if let doubt = summary["clock_doubt"]?.string {
      lines.append(Terminal.styled("Nothing is rolled: \(doubt).", .red))
    } else if let error = summary["clock_error"]?.string {
      lines.append(
        Terminal.styled("All entries: \(error); set the clock right (timedatectl set-ntp true).", .red))
    }
    if let pause = summary["pause"], let words = words(pause) {
      lines.append(Terminal.styled("PAUSED, no new roll is begun: \(words).", .yellow))
    }
    for credential in summary["credentials"].map({ Array($0.elements) }) ?? [] {
      if let words = standing(of: credential) { lines.append(words) }
    }
    for deletion in summary["deletions"]?.elements.map(\.self) ?? [] {
      let entry = deletion["entry"]?.string ?? "?"
      lines.append("Of \(entry), which is not configured any more: \(line(ofDeletion: deletion)).")
    }
    return lines
  }

  /// "Credential main is being rolled; nothing else is sent with it."; nil where there is nothing to be told.
  private static func standing(of credential: JSONNode) -> String? {
    let name = "Credential \(credential["name"]?.string ?? "?")"
    if credential["rolling"]?.boolean == true {
      return Terminal.styled("\(name) is being rolled; nothing else is sent with it.", .yellow)
    }
    guard let path = credential["path"]?.string else { return nil }
    return "\(name) is read from \(path), where a roll put it \(ago(credential["since"]))."
  }

  private static func table(_ entries: [JSONNode]) -> Table {
    var table = Table(["ENTRY", "STATE", "LAST ROLL", "NEXT", "FAILURES", "DESTINATIONS", "TROUBLE"])
    for entry in entries {
      table.add(
        [
          entry["name"]?.string ?? "", state(entry), ago(entry["last_success"]), ahead(entry),
          "\(entry["failures"]?.integer ?? 0)", destinations(entry).joined(separator: " "),
          trouble(entry) ?? "",
        ], style: style(entry))
    }
    return table
  }

  /// What to do, each with the entries for which it is; nothing where all is well.
  private static func tasks(_ entries: [JSONNode]) -> [String] {
    var names: [String: [String]] = [:]
    var order: [String] = []
    for entry in entries {
      guard let advice = entry["advice"]?.string, let name = entry["name"]?.string else { continue }
      if names[advice] == nil { order.append(advice) }
      names[advice, default: []].append(name)
    }
    guard !order.isEmpty else { return [] }
    return ["", "To do:"] + order.map { "  \(names[$0, default: []].joined(separator: ", ")): \($0)" }
  }

  private static func details(_ entry: JSONNode) -> Table {
    var table = Table(["\(entry["name"]?.string ?? ""):", state(entry)])
    let phase = entry["phase"]?.string ?? "?"
    let facts: [(label: String, text: String?)] = [
      ("account", entry["account_id"]?.string), ("token", entry["token_id"]?.string),
      ("standby token", entry["standby_token_id"]?.string),
      ("credential", entry["credential"]?.string), ("is credential", entry["provides"]?.string),
      ("phase", phase == "waiting" ? nil : phase),
      ("roll", entry["roll_id"]?.string), ("cause", entry["cause"]?.string),
      ("last attempt", ServiceStatus.time(entry["last_attempt"])?.rfc3339),
      ("last roll", ServiceStatus.time(entry["last_success"])?.rfc3339),
      ("next by schedule", ServiceStatus.time(entry["next_due"])?.rfc3339),
      ("next attempt", ServiceStatus.time(entry["next_attempt"])?.rfc3339),
      ("failures in a row", entry["failures"]?.integer.map { String($0) }),
      ("trouble", entry["trouble"]?.string), ("not ready", entry["unready"]?.string),
      ("held", entry["hold"]?.string), ("to do", entry["advice"]?.string),
      ("verified", ServiceStatus.time(entry["verified_at"])?.rfc3339),
      ("paused", entry["pause"].flatMap(words)),
    ]
    for (label, text) in facts { if let text { table.add(["  \(label)", text]) } }
    for destination in destinations(entry) { table.add(["  published in", destination]) }
    for deletion in entry["deletions"]?.elements.map(\.self) ?? [] {
      table.add(["  old token", line(ofDeletion: deletion)])
    }
    for text in drift(entry) { table.add(["  drift", text]) }
    for unit in unreloaded(entry) {
      let trouble = unit["trouble"]?.string.map { ": \($0)" } ?? ""
      table.add(["  not reloaded yet", (unit["unit"]?.string ?? "") + trouble])
    }
    for program in entry["programs"]?.elements.map(\.self) ?? [] {
      table.add(["  program \(program["state"]?.string ?? "?")", line(program)])
    }
    return table
  }

  /// "0123… is deleted in 40 min", "the deletion of 0123… fails since …: the connection was refused".
  private static func line(ofDeletion deletion: JSONNode) -> String {
    let what = deletion["token_id"]?.string ?? "one that a lost answer may have made"
    let wait = ServiceStatus.time(deletion["due"]).map { $0 - SystemClock().now } ?? .zero
    let when = wait > .zero ? "in \(wait.abbreviated)" : "now"
    guard let trouble = deletion["trouble"]?.string else {
      return deletion["token_id"]?.string == nil
        ? "\(what) is looked for \(when)" : "\(what) is deleted \(when)"
    }
    let since = ServiceStatus.time(deletion["failing_since"])?.rfc3339 ?? "?"
    return "the deletion of \(what) fails since \(since), and is tried again \(when): \(trouble)"
  }

  /// "/usr/local/bin/deploy (on published): exit status 3".
  private static func line(_ program: JSONNode) -> String {
    let occasion = program["occasion"]?.string ?? "?"
    let trouble = program["trouble"]?.string.map { ": \($0)" } ?? ""
    return "\(program["program"]?.string ?? "") (\(occasion))\(trouble)"
  }

  private static func state(_ entry: JSONNode) -> String {
    (entry["state"]?.string ?? "?").replacing("_", with: "-")
  }

  private static func style(_ entry: JSONNode) -> Terminal.Style? {
    if entry["healthy"]?.boolean != true { return .red }
    return entry["state"]?.string == "paused" ? .yellow : nil
  }

  private static func destinations(_ entry: JSONNode) -> [String] {
    entry["destinations"]?.elements.compactMap(\.string) ?? []
  }

  private static func unreloaded(_ entry: JSONNode) -> [JSONNode] {
    entry["unreloaded"].map { Array($0.elements) } ?? []
  }

  private static func drift(_ entry: JSONNode) -> [String] {
    entry["drift"]?.elements.compactMap(\.string) ?? []
  }

  /// What is wrong with an entry, in a few words; nil where nothing is.
  static func trouble(_ entry: JSONNode) -> String? {
    for key in ["trouble", "hold", "unready"] {
      if let text = entry[key]?.string { return text }
    }
    if let text = drift(entry).first { return text }
    for unit in unreloaded(entry) {
      if let text = unit["trouble"]?.string { return text }
    }
    if let program = firstTroubled(entry["programs"]) { return line(program) }
    if let deletion = firstTroubled(entry["deletions"]) { return line(ofDeletion: deletion) }
    return entry["pause"].flatMap(words).map { "paused: \($0)" }
  }

  private static func firstTroubled(_ items: JSONNode?) -> JSONNode? {
    items?.elements.first { $0["trouble"]?.string != nil }
  }

  /// "change freeze, until 2026-01-02T00:00:00Z".
  private static func words(_ pause: JSONNode) -> String? {
    guard let reason = pause["reason"]?.string else { return nil }
    return reason + (pause["until"]?.string.map { ", until \($0)" } ?? "")
  }

  private static func ago(_ node: JSONNode?) -> String {
    guard let time = ServiceStatus.time(node) else { return "never" }
    return "\((SystemClock().now - time).abbreviated) ago"
  }

  private static func ahead(_ entry: JSONNode) -> String {
    guard let time = ServiceStatus.time(entry["next_attempt"]) ?? ServiceStatus.time(entry["next_due"]) else {
      return "-"
    }
    let wait = time - SystemClock().now
    return wait > .zero ? "in \(wait.abbreviated)" : "now"
  }
}
