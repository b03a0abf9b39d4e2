import TestSupport

/// strace(1), with which a test makes a system call of the service take its time.
enum Strace {
  /// Whether it may trace here.
  static let isUsable = (try? TestProcess.run("strace", ["-o", "/dev/null", "true"]).status) == 0
}
