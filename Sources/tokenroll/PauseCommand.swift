internal import Core
internal import JSON
internal import Platform

/// `tokenroll pause` and `tokenroll resume`.
enum PauseCommand {
  static func run(_ options: Options) throws(UsageError) -> ExitStatus {
    try checkOperands(options, "pause")
    guard let reason = options.reason, !reason.isEmpty else {
      throw UsageError("`tokenroll pause` needs --reason TEXT, for those who find it paused")
    }
    let until = options.span.map { (SystemClock().now + $0).rfc3339 }
    return ControlClient.run(options) { (client) throws(ControlFailure) in
      _ = try client.call("Pause") { writer in
        if let entry = options.operands.first { writer.member("entry", entry) }
        writer.member("reason", reason)
        if let until { writer.member("until", until) }
      }
      let what = options.operands.first.map { "no new roll of \($0) is begun" } ?? "no new roll is begun"
      Terminal.print("Paused: \(what), \(until.map { "until \($0)" } ?? "until `tokenroll resume`").")
      return .success
    }
  }

  static func resume(_ options: Options) throws(UsageError) -> ExitStatus {
    try checkOperands(options, "resume")
    return ControlClient.run(options) { (client) throws(ControlFailure) in
      let reply = try client.call("Resume") { writer in
        if let entry = options.operands.first { writer.member("entry", entry) }
      }
      let subject = options.operands.first ?? "the service as a whole"
      guard reply?["was_paused"]?.boolean == true else {
        Terminal.print("There was no pause of \(subject).")
        return .failure
      }
      Terminal.print("The pause of \(subject) is over.")
      return .success
    }
  }

  private static func checkOperands(_ options: Options, _ command: String) throws(UsageError) {
    guard options.operands.count <= 1 else {
      throw UsageError("`tokenroll \(command)` takes one entry, or none for all")
    }
  }
}
