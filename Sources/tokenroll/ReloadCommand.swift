internal import JSON

/// `tokenroll reload`.
enum ReloadCommand {
  static func run(_ options: Options) -> ExitStatus {
    ControlClient.run(options) { (client) throws(ControlFailure) in
      let reply = try client.call("Reload")
      guard reply?["accepted"]?.boolean != true else {
        Terminal.print("The configuration was read again and is in use.")
        return .success
      }
      for problem in reply?["problems"]?.elements.compactMap(\.string) ?? [] { Terminal.complain(problem) }
      return .configuration
    }
  }
}
