internal import JSON

/// `tokenroll run-actions`.
enum RunActionsCommand {
  static func run(_ options: Options) throws(UsageError) -> ExitStatus {
    guard let entry = options.operands.first else {
      throw UsageError("`tokenroll run-actions` needs an entry")
    }
    return ControlClient.run(options) { (watcher) throws(ControlFailure) in
      // What is still to be heard of, and whether all went well so far.
      var pending: Set<String> = []
      var isGood = true
      var count = 0
      try watcher.follow("Watch") { (reply) throws(ControlFailure) in
        // Its first answer says that no event is missed from now on.
        guard let event = reply["event"], event.kind == .object else {
          pending = try begin(entry, try watcher.sibling())
          count = pending.count
          return pending.isEmpty
        }
        guard event["entry"]?.string == entry,
          let action = event["program"]?.string ?? event["unit"]?.string, pending.contains(action)
        else { return false }
        switch event["event"]?.string {
        case "programOutput": Terminal.print("  " + (event["message"]?.string ?? ""))
        case "actionFinished", "actionRecovered":
          Terminal.print(event["message"]?.string ?? "")
          pending.remove(action)
        case "actionFailed":
          Terminal.complain(event["message"]?.string ?? "")
          isGood = false
          pending.remove(action)
        default: break
        }
        return pending.isEmpty
      }
      if count == 0 { Terminal.print("\(entry) has no actions.") }
      return isGood && count > 0 ? .success : .failure
    }
  }

  /// Begins the actions; returns their units and programs.
  private static func begin(_ entry: String, _ client: ControlClient) throws(ControlFailure) -> Set<String> {
    let reply = try client.call("RunActions") { $0.member("entry", entry) }
    return Set(["units", "programs"].flatMap { reply?[$0]?.elements.compactMap(\.string) ?? [] })
  }
}
