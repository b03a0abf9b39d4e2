import Glibc
import Synchronization

/// Runs a program and reads all that it writes.
enum Command {
  struct Failure: Error {
    var operation: String
    var code: Int32
  }

  /// Held while a child is made, so that it inherits no pipe of a test that runs at the same time.
  private static let spawning = Mutex(())

  /// Standard output of `program`, found along PATH, run with `environment` alone; standard error is dropped.
  static func output(of program: String, _ arguments: [String], environment: [String]) throws -> (
    text: String, status: Int32
  ) {
    let (child, descriptor) = try spawning.withLock { _ in
      try spawn(program, arguments, environment: environment)
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 && errno == EINTR {}
    return (String(decoding: bytes, as: UTF8.self), status)
  }

  private static func spawn(_ program: String, _ arguments: [String], environment: [String]) throws -> (
    child: pid_t, output: Int32
  ) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw Failure(operation: "pipe", code: errno) }
    defer { close(ends[1]) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var child = pid_t()
    let code = withStrings([program] + arguments) { argv in
      withStrings(environment) { envp in posix_spawnp(&child, program, &actions, nil, argv, envp) }
    }
    guard code == 0 else {
      close(ends[0])
      throw Failure(operation: "posix_spawnp", code: code)
    }
    return (child, ends[0])
  }

  private static func withStrings<Result>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    var pointers = strings.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { preconditionFailure("an array with one element at least") }
      return body(start)
    }
  }
}
