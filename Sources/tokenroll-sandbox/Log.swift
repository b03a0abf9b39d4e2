import Glibc

/// Lines on standard error, each written whole.
struct Log: Sendable {
  let isVerbose: Bool

  /// A line for `--verbose` alone.
  func detail(_ line: @autoclosure () -> String) {
    if isVerbose { Self.write(line()) }
  }

  func error(_ line: String) { Self.write(line) }

  private static func write(_ line: String) {
    Output.write("tokenroll-sandbox: \(line)\n", to: STDERR_FILENO)
  }
}
