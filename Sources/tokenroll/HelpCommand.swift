/// `tokenroll help`.
enum HelpCommand {
  static func run(_ options: Options) throws(UsageError) -> ExitStatus {
    guard let name = options.operands.first else {
      Terminal.print(overview)
      return .success
    }
    guard let command = Command(rawValue: name) else {
      throw UsageError("there is no command \"\(name)\"")
    }
    Terminal.print(command.help)
    return .success
  }

  private static var overview: String {
    let commands = Command.listed.map { command in
      "  " + command.rawValue + String(repeating: " ", count: 13 - command.rawValue.count) + command.summary
    }
    return """
      usage: tokenroll COMMAND [OPTION...]

      Rolls Cloudflare account-owned API tokens on a schedule and never loses a secret.

      Commands:
      \(commands.joined(separator: "\n"))

      `tokenroll help COMMAND` says more. The manual is tokenroll(8), the
      configuration is explained in tokenroll.json(5).
      """
  }
}
