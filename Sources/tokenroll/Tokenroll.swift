internal import Daemon
internal import Dispatch
internal import Glibc

/// The service and its commands.
@main
struct Tokenroll {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    Task.detached {
      let status = await run(arguments)
      exit(status.rawValue)
    }
    dispatchMain()
  }

  private static func run(_ arguments: [String]) async -> ExitStatus {
    do throws(UsageError) {
      return try await Command.parse(arguments).run()
    } catch {
      Terminal.complain("tokenroll: \(error.description)\nTry `tokenroll help`.")
      return .usage
    }
  }
}
