extension Command {
  /// One line for the list of commands.
  var summary: String {
    switch self {
    case .run: "run the service in the foreground"
    case .check: "judge the configuration; with --probe also credentials and destinations"
    case .plan: "show when entries are rolled next"
    case .calendar: "explain calendar expressions: normal form and next elapses"
    case .history: "show past rolls, with or without a running service"
    case .version: "print the version"
    case .help: "explain a command"
    }
  }

  /// The placeholder of the operands; nil where there are none.
  var operands: String? {
    switch self {
    case .calendar: "EXPRESSION..."
    case .help: "[COMMAND]"
    default: nil
    }
  }

  private var text: String {
    switch self {
    case .run:
      """
      Rolls the tokens of the configuration when they are due, until SIGTERM or
      SIGINT. SIGHUP reads the configuration again; one with problems is refused and
      the old one stays in use.

      Exit status: 0 stopped as asked; 66 a file cannot be read; 69 something that is
      needed is missing; 74 the state cannot be used; 75 another service is at work
      on this state; 78 the configuration has problems.
      """
    case .check:
      """
      Reads the configuration and prints every problem as FILE:LINE:COLUMN. With
      --probe it also reads the credentials, asks the API about them and about every
      token, and makes and removes a file beside every destination. Nothing is rolled.

      Exit status: 0 all in order; 1 a probe failed; 66 the file cannot be read;
      78 the configuration has problems.
      """
    case .plan:
      """
      Shows the next rolls as the schedules give them, from the state database where
      there is one, else as if every entry were seen now for the first time.
      """
    case .calendar:
      """
      Example: tokenroll calendar "Mon..Fri 04:00 Europe/Berlin" --iterations 3
      """
    case .history:
      """
      Reads the state database; the service need not run.
      """
    case .version, .help: ""
    }
  }

  /// The whole help of the command.
  var help: String {
    let options = Options.definitions.filter { $0.commands.contains(self) }
    var lines = [
      "usage: tokenroll \(rawValue)" + (options.isEmpty ? "" : " [OPTION...]")
        + (operands.map { " " + $0 } ?? ""), "",
      summary.prefix(1).uppercased() + summary.dropFirst() + ".",
    ]
    if !text.isEmpty { lines += ["", text] }
    if !options.isEmpty { lines += ["", "Options:"] }
    for option in options {
      lines.append("  " + option.name + (option.value.map { " " + $0 } ?? ""))
      lines.append("      " + option.help)
    }
    return lines.joined(separator: "\n")
  }
}
