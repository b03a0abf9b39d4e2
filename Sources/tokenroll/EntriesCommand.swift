internal import Configuration
internal import Daemon

/// `tokenroll __entries`: the names, for the completions of shells; nothing where the configuration has problems.
enum EntriesCommand {
  static func run(_ options: Options) -> ExitStatus {
    guard let configuration = try? ConfigurationFile.load(options.configuration) else {
      return .configuration
    }
    for entry in configuration.tokens { Terminal.print(entry.name) }
    return .success
  }
}
