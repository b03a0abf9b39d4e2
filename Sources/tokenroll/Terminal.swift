internal import Glibc

/// Standard output and standard error.
enum Terminal {
  /// Writes a line to standard output.
  static func print(_ line: String) {
    fputs(line + "\n", stdout)
  }

  /// Writes a line to standard error.
  static func complain(_ line: String) {
    fputs(line + "\n", stderr)
  }
}
