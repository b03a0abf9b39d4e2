/// How the program ends, with the numbers of sysexits.h(3head).
enum ExitStatus: Int32 {
  case success = 0
  /// Something that was checked is not in order.
  case failure = 1
  /// The service does not run, as the Linux Standard Base has it for init scripts.
  case notRunning = 3
  /// EX_USAGE: the command line.
  case usage = 64
  /// EX_NOINPUT: a file that cannot be read.
  case noInput = 66
  /// EX_UNAVAILABLE: something that is needed is not there.
  case unavailable = 69
  /// EX_SOFTWARE: an error of ours.
  case software = 70
  /// EX_IOERR: the state cannot be read or written.
  case ioError = 74
  /// EX_TEMPFAIL: another service is at work.
  case temporary = 75
  /// EX_NOPERM: not for this user.
  case notPermitted = 77
  /// EX_CONFIG: the configuration.
  case configuration = 78
}
