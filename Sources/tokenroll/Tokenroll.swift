internal import Daemon
internal import Dispatch
internal import Glibc
internal import Platform

/// The service and its commands.
@main
struct Tokenroll {
  static func main() {
    Heap.share()
    let arguments = Array(CommandLine.arguments.dropFirst())
    // Nothing ever runs on the shared pool of threads: as soon as one has worked for it, libdispatch wakes the process
    // once a second to look after the pool.
    RotationActor.task {
      let status = await run(arguments)
      // Without the handlers of exit(3): that of libcrypto frees what the queue of the requests may still be using. Nothing is
      // buffered here, and what has to be durable is.
      _exit(status.rawValue)
    }
    dispatchMain()
  }

  @RotationActor private static func run(_ arguments: [String]) async -> ExitStatus {
    do throws(UsageError) {
      return try await Command.parse(arguments).run()
    } catch {
      Terminal.complain("tokenroll: \(error.description)\nTry `tokenroll help`.")
      return .usage
    }
  }
}
