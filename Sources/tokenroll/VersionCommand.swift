internal import Daemon

/// `tokenroll version`.
enum VersionCommand {
  static func run() -> ExitStatus {
    Terminal.print("tokenroll \(Version.current)")
    return .success
  }
}
