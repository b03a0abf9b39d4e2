import Glibc
import Synchronization
import TestSupport

/// A child process with its standard input, output and error.
final class TestProcess: Sendable {
  /// What a process left behind.
  struct Result: Sendable {
    /// The exit status; 128 and the signal's number where one ended it, as shells have it.
    let status: Int32
    let output: [UInt8]
    let error: [UInt8]

    var outputText: String { String(decoding: output, as: UTF8.self) }
    var errorText: String { String(decoding: error, as: UTF8.self) }
  }

  let pid: pid_t
  private let output: Int32
  private let errorPath: String
  private let directory: TemporaryDirectory
  private let status = Mutex<Int32?>(nil)

  /// The path of a program of this package, which is built beside the tests.
  static func product(_ name: String) throws -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = readlink("/proc/self/exe", &buffer, buffer.count)
    guard length > 0 else { throw TestFailure("readlink /proc/self/exe") }
    let executable = String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let directory = executable[..<(executable.lastIndex(of: "/") ?? executable.startIndex)]
    let path = "\(directory)/\(name)"
    guard access(path, X_OK) == 0 else { throw TestFailure("\(path) is not built") }
    return path
  }

  /// Starts `path`, a name found in PATH where it has no slash, with `input` as its standard input.
  init(_ path: String, _ arguments: [String], input: String = "") throws {
    directory = try TemporaryDirectory()
    errorPath = directory.path("stderr")
    let inputPath = try directory.write("stdin", input)
    // A named pipe, for its ends are closed on exec from the first instant, so that no other child holds one.
    let outputPath = directory.path("stdout")
    guard mkfifo(outputPath, 0o600) == 0 else { throw TestFailure("mkfifo \(outputPath)") }
    output = open(outputPath, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard output >= 0 else { throw TestFailure("open \(outputPath)") }

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, inputPath, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, outputPath, O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errorPath, O_WRONLY | O_CREAT, 0o600)

    // Threads of the test's runtime block signals, and a child would inherit that.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    var argv = ([path] + arguments).map { strdup($0) }
    argv.append(nil)
    defer { for word in argv { free(word) } }
    var pid: pid_t = 0
    let code = posix_spawnp(&pid, path, &actions, &attributes, argv, environ)
    guard code == 0 else {
      close(output)
      throw TestFailure("cannot start \(path): \(String(cString: strerror(code)))")
    }
    self.pid = pid
  }

  deinit {
    if status.withLock({ $0 }) == nil {
      kill(pid, SIGKILL)
      _ = wait()
    }
    close(output)
  }

  /// Runs a program to its end.
  static func run(_ path: String, _ arguments: [String], input: String = "") throws -> Result {
    let process = try TestProcess(path, arguments, input: input)
    let output = try process.readOutput(until: { _ in false })
    return Result(status: process.wait(), output: output, error: try process.errorOutput())
  }

  /// Reads standard output until `isEnough` or its end; fails where neither comes within 60 seconds.
  func readOutput(until isEnough: ([UInt8]) -> Bool) throws -> [UInt8] {
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while !isEnough(content) {
      var descriptor = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      guard poll(&descriptor, 1, 60_000) > 0 else {
        throw TestFailure("process \(pid) wrote nothing for a minute")
      }
      let count = read(output, &chunk, chunk.count)
      if count <= 0 { break }
      content += chunk.prefix(count)
    }
    return content
  }

  /// Waits for more of standard output, however long that takes; nil at its end.
  func nextOutput() -> [UInt8]? {
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      var descriptor = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      guard poll(&descriptor, 1, -1) > 0 else { continue }
      let count = read(output, &chunk, chunk.count)
      if count < 0, errno == EAGAIN || errno == EINTR { continue }
      return count > 0 ? Array(chunk.prefix(count)) : nil
    }
  }

  func errorOutput() throws -> [UInt8] { try contents(of: errorPath) }

  func signal(_ number: Int32) { kill(pid, number) }

  /// Waits for the end; the answer is the exit status.
  func wait() -> Int32 {
    status.withLock { status in
      if let status { return status }
      var word: Int32 = 0
      while waitpid(pid, &word, 0) < 0, errno == EINTR {}
      let signal = word & 0x7F
      let result = signal == 0 ? word >> 8 & 0xFF : 128 + signal
      status = result
      return result
    }
  }
}
