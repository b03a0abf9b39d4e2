internal import Daemon
internal import JSON
internal import Platform

/// `tokenroll roll`.
enum RollCommand {
  @RotationActor static func run(_ options: Options) async throws(UsageError) -> ExitStatus {
    if options.isOnce { return try await RollOnceCommand.run(options) }
    guard !options.wantsDue else {
      throw UsageError("--due is for `tokenroll roll --once`: the service rolls what is due by itself")
    }
    guard options.operands.isEmpty == options.wantsAll else {
      throw UsageError("`tokenroll roll` needs entries, or --all for every one")
    }
    return ControlClient.run(options) { (client) throws(ControlFailure) in
      if !options.isSure {
        guard try isAgreed(client, options) else { return .failure }
      }
      var display = RollDisplay(another: "the service")
      try client.call("Roll", wantsMore: true) { writer in
        if options.wantsAll { writer.member("all", true) } else { writer.member("entries", options.operands) }
      } onReply: { reply in
        if let accepted = reply["accepted"], accepted.kind == .array {
          display.begin(
            accepted.elements.compactMap(\.string), none: "There is no entry that could be rolled now.",
            remark: "The service goes on by itself when you interrupt this command.")
        }
        if let progress = reply["progress"].flatMap({ RollProgress($0) }) { display.show(progress) }
      }
      display.end()
      return display.isGood ? .success : .failure
    }
  }

  /// Says what a roll breaks, and asks.
  private static func isAgreed(_ client: ControlClient, _ options: Options) throws(ControlFailure) -> Bool {
    let entries = try ServiceStatus(client).entries.filter { entry in
      options.wantsAll || options.operands.contains(entry["name"]?.string ?? "")
    }
    Terminal.complain(
      "A roll ends the secret in force at once. Its consumers are refused until the new one is published, mostly within\n"
        + "a second, and have to read it from there:")
    for entry in entries.prefix(20) {
      let files = entry["destinations"]?.elements.compactMap(\.string) ?? []
      Terminal.complain("  \(entry["name"]?.string ?? "?"): \(files.joined(separator: ", "))")
    }
    if entries.count > 20 { Terminal.complain("  and \(entries.count - 20) more") }
    let count = options.wantsAll ? entries.count : options.operands.count
    guard let answer = Terminal.confirm("Roll \(count == 1 ? "1 entry" : "\(count) entries") now?") else {
      Terminal.complain("tokenroll: there is no terminal to ask on; give --yes to roll without being asked")
      return false
    }
    return answer
  }
}
