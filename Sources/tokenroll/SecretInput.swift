internal import Glibc
internal import Platform

/// A secret on standard input.
enum SecretInput {
  /// More bytes than any token has; what is longer is cut off, and refused by the API.
  private static let limit = 4_096
  /// What Ctrl-C sends.
  private static let interrupt: UInt8 = 3

  /// Reads standard input to its end, or one line without echo where it is a terminal, after `prompt`.
  ///
  /// Throws where it cannot be read, and where the user interrupts it.
  static func read(prompt: String) throws(SystemError) -> Secret {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: limit, alignment: 16)
    buffer.initializeMemory(as: UInt8.self, repeating: 0)
    defer {
      wipe(buffer)
      buffer.deallocate()
    }
    var count = 0
    if isatty(STDIN_FILENO) == 1 {
      count = try readLine(into: buffer, prompt)
    } else {
      while count < buffer.count {
        let more = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
        if more == 0 { break }
        count += more
      }
    }
    return Secret(copying: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
  }

  private static func readLine(
    into buffer: UnsafeMutableRawBufferPointer, _ prompt: String
  ) throws(SystemError) -> Int {
    var former = termios()
    guard tcgetattr(STDIN_FILENO, &former) == 0 else { throw failure(errno) }
    var silent = former
    // Ctrl-C ends the line instead of the process, which would leave a terminal without echo.
    silent.c_lflag &= ~tcflag_t(ECHO | ISIG)
    withUnsafeMutableBytes(of: &silent.c_cc) { $0[Int(VEOL)] = interrupt }
    guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0 else { throw failure(errno) }
    defer {
      tcsetattr(STDIN_FILENO, TCSAFLUSH, &former)
      Terminal.complain("")
    }
    Terminal.prompt(prompt)
    let count = try read(into: buffer)
    guard count == 0 || buffer[count - 1] != interrupt else { throw failure(EINTR) }
    return count
  }

  private static func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
    while true {
      let count = Glibc.read(STDIN_FILENO, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      if errno != EINTR { throw failure(errno) }
    }
  }

  private static func failure(_ code: Int32) -> SystemError {
    SystemError("cannot read the secret from standard input", code: code)
  }
}
