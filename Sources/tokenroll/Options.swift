internal import Core
internal import Daemon
internal import Systemd

/// The options and operands of a command.
struct Options {
  var configuration = ConfigurationFile.defaultPath
  var logFormat = EventLog.Format.auto
  /// Nil is the default of the command.
  var logLevel: Priority?
  var wantsProbe = false
  var wantsUnit = false
  var isOffline = false
  var wantsReloadUnits = false
  var wantsJSON = false
  var wantsHelp = false
  var entry: String?
  var until = TimeSpan.days(30)
  var since: TimeSpan?
  var outcome: RollOutcome?
  var limit = 20
  var iterations = 1
  var socket: String?
  var wantsAll = false
  var isOnce = false
  var wantsDue = false
  var timeLimit: TimeSpan?
  var isSure = false
  var reason: String?
  var span: TimeSpan?
  var credential: String?
  var account: String?
  var pattern: String?
  var age: TimeSpan?
  var outputFile: String?
  var directory: String?
  var unusedFor: TimeSpan?
  var operands: [String] = []

  /// One option: its name, the placeholder of its value, what it does, and the commands that take it.
  struct Definition {
    let name: String
    let value: String?
    let help: String
    let commands: Set<Command>
    let apply: (inout Options, String) throws(UsageError) -> Void
  }

  init() {}

  /// Reads `arguments`; throws where one is unknown to `command`, or has a value that it cannot have.
  init(_ arguments: some Sequence<String>, for command: Command) throws(UsageError) {
    var rest = Array(arguments)[...]
    var isAfterSeparator = false
    while let argument = rest.popFirst() {
      guard !isAfterSeparator, argument.hasPrefix("-"), argument != "-" else {
        operands.append(argument)
        continue
      }
      if argument == "--" {
        isAfterSeparator = true
        continue
      }
      if argument == "--help" || argument == "-h" {
        wantsHelp = true
        continue
      }
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      let known = Self.definitions.filter { $0.commands.contains(command) }
      guard let option = known.first(where: { $0.name == name }) else {
        let nearest = Spelling.nearest(to: name, of: known.map(\.name))
        throw UsageError(
          "`tokenroll \(command.rawValue)` has no option \"\(name)\""
            + (nearest.map { "; did you mean \"\($0)\"?" } ?? ""))
      }
      guard option.value != nil else {
        guard parts.count == 1 else { throw UsageError("\(name) takes no value") }
        try option.apply(&self, "")
        continue
      }
      guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst() else {
        throw UsageError("\(name) needs a value: \(name) \(option.value ?? "")")
      }
      try option.apply(&self, value)
    }
    guard operands.isEmpty || command.operands != nil else {
      throw UsageError("`tokenroll \(command.rawValue)` takes no operand, and was given \"\(operands[0])\"")
    }
  }
}
