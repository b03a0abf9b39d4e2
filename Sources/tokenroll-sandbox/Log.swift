import Glibc

/// Lines on standard error, each written whole.
struct Log: Sendable {
  let isVerbose: Bool

  /// A line for `--verbose` alone.
  func detail(_ line: @autoclosure () -> String) {
    if isVerbose { Self.write(line()) }
  }

  func error(_ line: String) { Self.write(line) }

  /// The text with "?" for what could end a line or steer a terminal.
  static func printable(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { 0x20..<0x7F ~= $0.value ? $0 : "?" }))
  }

  private static func write(_ line: String) {
    Output.write("tokenroll-sandbox: \(line)\n", to: STDERR_FILENO)
  }
}
