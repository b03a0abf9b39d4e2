internal import Core
internal import Platform

/// What can be asked of the program.
enum Command: String, CaseIterable {
  case run
  case check
  case doctor
  case discover
  case audit
  case plan
  case calendar
  case history
  case status
  case roll
  case adopt
  case retry
  case runActions = "run-actions"
  case reload
  case watch
  case metrics
  case pause
  case resume
  case adoptState = "adopt-state"
  case version
  case help
  /// For the completions of shells.
  case entries = "__entries"
  /// For the helper's unit.
  case encrypt = "__encrypt"

  /// Those that help lists.
  static var listed: [Command] { allCases.filter { $0 != .entries && $0 != .encrypt } }

  /// A command with its arguments.
  struct Invocation {
    let command: Command
    var options: Options

    @RotationActor func run() async throws(UsageError) -> ExitStatus {
      if options.wantsHelp {
        Terminal.print(command.help)
        return .success
      }
      switch command {
      case .run: return await RunCommand.run(options)
      case .check: return await CheckCommand.run(options)
      case .doctor: return await DoctorCommand.run(options)
      case .discover: return try await DiscoverCommand.run(options)
      case .audit: return await AuditCommand.run(options)
      case .plan: return await PlanCommand.run(options)
      case .calendar: return try CalendarCommand.run(options)
      case .history: return HistoryCommand.run(options)
      case .status: return StatusCommand.run(options)
      case .roll: return try await RollCommand.run(options)
      case .adopt: return try await AdoptCommand.run(options)
      case .retry: return RetryCommand.run(options)
      case .runActions: return try RunActionsCommand.run(options)
      case .reload: return ReloadCommand.run(options)
      case .watch: return WatchCommand.run(options)
      case .metrics: return MetricsCommand.run(options)
      case .pause: return try PauseCommand.run(options)
      case .resume: return try PauseCommand.resume(options)
      case .adoptState: return AdoptStateCommand.run(options)
      case .entries: return EntriesCommand.run(options)
      case .encrypt: return await EncryptCommand.run()
      case .version: return VersionCommand.run()
      case .help: return try HelpCommand.run(options)
      }
    }
  }

  /// Reads the command line; throws where it says something that the program does not know.
  static func parse(_ arguments: [String]) throws(UsageError) -> Invocation {
    guard let first = arguments.first else {
      throw UsageError("no command was given; `tokenroll run` starts the service")
    }
    switch first {
    case "--help", "-h": return Invocation(command: .help, options: Options())
    case "--version", "-V": return Invocation(command: .version, options: Options())
    default: break
    }
    guard let command = Command(rawValue: first) else {
      let nearest = Spelling.nearest(to: first, of: listed.map(\.rawValue))
      throw UsageError(
        "there is no command \"\(first)\"" + (nearest.map { "; did you mean \"\($0)\"?" } ?? ""))
    }
    return Invocation(
      command: command, options: try Options(arguments.dropFirst(), for: command))
  }
}
