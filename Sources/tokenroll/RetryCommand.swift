internal import JSON

/// `tokenroll retry`.
enum RetryCommand {
  static func run(_ options: Options) -> ExitStatus {
    ControlClient.run(options) { (client) throws(ControlFailure) in
      let reply = try client.call("Retry") { $0.member("entries", options.operands) }
      let retried = reply?["retried"]?.elements.compactMap(\.string) ?? []
      let released = reply?["released"]?.elements.compactMap(\.string) ?? []
      let deletions = reply?["deletions"]?.elements.compactMap(\.string) ?? []
      let proved = reply?["proved"]?.elements.compactMap(\.string) ?? []
      for token in deletions { Terminal.print("token \(token): its deletion is tried now") }
      for name in released { Terminal.print("\(name): rolled by its schedule again") }
      for name in retried { Terminal.print("\(name): the next attempt is made now") }
      for name in proved where !retried.contains(name) {
        Terminal.print("\(name): was not ready; `tokenroll status` says whether it is now")
      }
      for name in options.operands
      where deletions.isEmpty && !(retried + released + proved).contains(name) {
        Terminal.print("\(name): does not wait for another attempt")
      }
      let isIdle = retried.isEmpty && proved.isEmpty && deletions.isEmpty
      if isIdle, options.operands.isEmpty {
        Terminal.print("No entry waits for another attempt.")
      }
      return isIdle && released.isEmpty ? .failure : .success
    }
  }
}
