internal import Core
internal import Daemon
internal import Systemd

extension Options {
  /// All options, in the order in which help lists them.
  static var definitions: [Definition] {
    [
      Definition(
        name: "--config", value: "FILE", help: "the configuration [\(ConfigurationFile.defaultPath)]",
        commands: talking.union([
          .run, .check, .doctor, .discover, .audit, .plan, .history, .adopt, .adoptState, .entries,
        ])
      ) { options, value in options.configuration = value },
      Definition(
        name: "--log-format", value: "FORMAT",
        help: "auto, text or json [auto: the journal under systemd, else text]", commands: [.run, .roll]
      ) { (options, value) throws(UsageError) in
        guard let format = EventLog.Format(rawValue: value) else {
          let names = EventLog.Format.allCases.map(\.rawValue).joined(separator: ", ")
          throw UsageError("--log-format: \"\(value)\" is none of \(names)")
        }
        options.logFormat = format
      },
      Definition(
        name: "--log-level", value: "LEVEL",
        help: "the least grave events to log: error, warning, notice, info or debug [info; --once: warning]",
        commands: [.run, .roll]
      ) { (options, value) throws(UsageError) in
        // What is critical is always logged.
        let levels = Priority.allCases.filter { $0 > .critical }
        guard let level = levels.first(where: { $0.description == value }) else {
          let names = levels.map(\.description).joined(separator: ", ")
          throw UsageError("--log-level: \"\(value)\" is none of \(names)")
        }
        options.logLevel = level
      },
      Definition(
        name: "--probe", value: nil,
        help: "also ask the API about every credential and token, and write to every destination's directory",
        commands: [.check]
      ) { options, _ in options.wantsProbe = true },
      Definition(
        name: "--unit", value: nil,
        help: "also hold the installed unit against the configuration, and print what its drop-ins lack",
        commands: [.check]
      ) { options, _ in options.wantsUnit = true },
      Definition(name: "--offline", value: nil, help: "make no request to the API", commands: [.doctor]) {
        options, _ in options.isOffline = true
      },
      Definition(
        name: "--print-reload-units", value: nil,
        help: "print the units to reload, one a line, as \(ReloadUnits.path) lists them", commands: [.check]
      ) { options, _ in options.wantsReloadUnits = true },
      Definition(name: "--entry", value: "NAME", help: "this entry alone", commands: [.plan, .history]) {
        options, value in options.entry = value
      },
      Definition(name: "--until", value: "SPAN", help: "how far to look ahead [30d]", commands: [.plan]) {
        (options, value) throws(UsageError) in options.until = try span(value, "--until")
      },
      Definition(
        name: "--since", value: "SPAN", help: "rolls that ended so long ago or later alone, as 7d",
        commands: [.history]
      ) { (options, value) throws(UsageError) in options.since = try span(value, "--since") },
      Definition(
        name: "--outcome", value: "NAME", help: "rolls that ended so alone, as lost", commands: [.history]
      ) { (options, value) throws(UsageError) in
        guard let outcome = RollOutcome(rawValue: value) else {
          let names = RollOutcome.allCases.map(\.rawValue)
          let nearest = Spelling.nearest(to: value, of: names).map { "; did you mean \"\($0)\"?" } ?? ""
          throw UsageError(
            "--outcome: \"\(value)\" is none of \(names.joined(separator: ", "))\(nearest)")
        }
        options.outcome = outcome
      },
      Definition(name: "--limit", value: "N", help: "at most so many rolls [20]", commands: [.history]) {
        (options, value) throws(UsageError) in options.limit = try number(value, "--limit", 1...1_000_000)
      },
      Definition(name: "--iterations", value: "N", help: "so many elapses of each [1]", commands: [.calendar])
      {
        (options, value) throws(UsageError) in
        options.iterations = try number(value, "--iterations", 1...10_000)
      },
      Definition(
        name: "--json", value: nil, help: "JSON instead of a table",
        commands: [.doctor, .discover, .audit, .plan, .history, .status, .watch]
      ) { options, _ in options.wantsJSON = true },
      Definition(
        name: "--socket", value: "PATH",
        help: "the service's control socket [\(ControlSocket.defaultPath), else in the state directory]",
        commands: talking.union([.doctor])
      ) { options, value in options.socket = value },
      Definition(name: "--all", value: nil, help: "every entry that can be rolled", commands: [.roll]) {
        options, _ in options.wantsAll = true
      },
      Definition(
        name: "--once", value: nil, help: "roll without a service, wait for the end of it, and end",
        commands: [.roll]
      ) { options, _ in options.isOnce = true },
      Definition(
        name: "--due", value: nil, help: "with --once: what is due by its schedule [the default]",
        commands: [.roll]
      ) { options, _ in options.wantsDue = true },
      Definition(
        name: "--timeout", value: "SPAN", help: "with --once: how long to wait for the end [15min]",
        commands: [.roll]
      ) { (options, value) throws(UsageError) in options.timeLimit = try span(value, "--timeout") },
      Definition(name: "--yes", value: nil, help: "do not ask first", commands: [.roll]) {
        options, _ in options.isSure = true
      },
      Definition(
        name: "--credential", value: "NAME", help: "a credential of the configuration", commands: [.discover]
      ) { options, value in options.credential = value },
      Definition(name: "--account", value: "ID", help: "the identifier of the account", commands: [.discover])
      {
        options, value in options.account = value
      },
      Definition(
        name: "--match", value: "GLOB", help: "tokens with such names alone, as 'dns-*'",
        commands: [.discover]
      ) { options, value in options.pattern = value },
      Definition(
        name: "--older-than", value: "SPAN", help: "tokens that were not changed for so long alone",
        commands: [.discover]
      ) { (options, value) throws(UsageError) in options.age = try span(value, "--older-than") },
      Definition(
        name: "--write", value: "FILE", help: "write a configuration for the tokens to this new file",
        commands: [.discover]
      ) { options, value in options.outputFile = value },
      Definition(
        name: "--directory", value: "DIR",
        help: "with --write: where to publish [\(Discovery.defaultDirectory)]", commands: [.discover]
      ) { options, value in options.directory = value },
      Definition(
        name: "--unused-for", value: "SPAN", help: "how long a token may go without use [90d]",
        commands: [.audit]
      ) { (options, value) throws(UsageError) in options.unusedFor = try span(value, "--unused-for") },
      Definition(
        name: "--reason", value: "TEXT", help: "why, for those who find it paused", commands: [.pause]
      ) {
        options, value in options.reason = value
      },
      Definition(name: "--for", value: "SPAN", help: "how long [until resumed]", commands: [.pause]) {
        (options, value) throws(UsageError) in options.span = try span(value, "--for")
      },
    ]
  }

  /// The commands that talk to the running service.
  private static let talking: Set<Command> = [
    .status, .roll, .retry, .runActions, .reload, .watch, .metrics, .pause, .resume,
  ]

  private static func span(_ text: String, _ option: String) throws(UsageError) -> TimeSpan {
    do throws(TimeSyntaxError) {
      return try TimeSpan(parsing: text)
    } catch {
      throw UsageError("\(option): \(error.message)")
    }
  }

  private static func number(
    _ text: String, _ option: String, _ range: ClosedRange<Int>
  ) throws(UsageError) -> Int {
    guard let number = Int(text), range.contains(number) else {
      throw UsageError(
        "\(option): \"\(text)\" is not a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }
}
