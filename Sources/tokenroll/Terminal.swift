internal import Glibc

/// Standard output and standard error.
enum Terminal {
  /// Writes a line to standard output.
  static func print(_ line: String) { write(line, to: STDOUT_FILENO) }

  /// How a text stands out.
  enum Style: String {
    case bold = "1"
    case red = "31"
    case green = "32"
    case yellow = "33"
  }

  /// Whether standard output is a terminal.
  static var isInteractive: Bool { isatty(STDOUT_FILENO) == 1 }

  /// The columns of the terminal at standard output; 80 where it does not say.
  static var width: Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// The text in `style`, on a terminal whose user has not set NO_COLOR (no-color.org).
  static func styled(_ text: String, _ style: Style?) -> String {
    guard let style, isInteractive, (getenv("NO_COLOR").map { $0.pointee == 0 } ?? true) else { return text }
    return "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m"
  }

  /// Asks on the terminal; nil where standard input is none.
  static func confirm(_ question: String) -> Bool? {
    guard isatty(STDIN_FILENO) == 1 else { return nil }
    prompt(question + " [y/N] ")
    guard let answer = readLine()?.lowercased() else { return false }
    return answer == "y" || answer == "yes"
  }

  /// Writes the beginning of a line that the user ends.
  static func prompt(_ text: String) { write(text, to: STDERR_FILENO, end: "") }

  /// Writes the lines in the place of as many that were written before.
  static func rewrite(_ lines: [String], over former: Int) {
    let up = former > 0 ? "\u{1B}[\(former)A" : ""
    write(up + lines.map { "\u{1B}[2K\($0)" }.joined(separator: "\n"), to: STDOUT_FILENO)
  }

  /// Writes a line to standard error.
  static func complain(_ line: String) { write(line, to: STDERR_FILENO) }

  /// A reader that has gone away is no reason to fail: the rest is dropped, as SIGPIPE would do.
  private static func write(_ line: String, to descriptor: Int32, end: String = "\n") {
    var rest = Array((line + end).utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count >= 0 || errno == EINTR else { return }
      rest = rest.dropFirst(max(count, 0))
    }
  }
}
