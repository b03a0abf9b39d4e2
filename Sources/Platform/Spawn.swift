internal import CLinux
internal import Glibc

/// posix_spawn(3) with everything that a child must not inherit taken away.
enum Spawn {
  /// Where programs are looked for by the child, in the order of Debian's default.
  static let defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

  /// Starts `program` with `input` as its standard input, and `output` as its standard output and error.
  static func start(_ program: ChildProcess, input: Int32, output: Int32) throws(SystemError) -> pid_t {
    var environment = program.environment
    if environment["PATH"] == nil { environment["PATH"] = defaultPath }
    let words = [program.program] + program.arguments + environment.flatMap { [$0.key, $0.value] }
    guard program.program.hasPrefix("/"), !words.contains(where: { $0.utf8.contains(0) }) else {
      throw SystemError(
        "cannot run", program.program, because: "its path is not absolute, or a word has a NUL")
    }
    let arguments = CStrings([program.program] + program.arguments)
    let variables = CStrings(environment.map { "\($0.key)=\($0.value)" }.sorted())
    return try attempt("cannot run", program.program) { () throws(Errno) in
      try start(program.program, arguments, variables, input, output)
    }
  }

  private static func start(
    _ program: String, _ arguments: borrowing CStrings, _ environment: borrowing CStrings, _ input: Int32,
    _ output: Int32
  ) throws(Errno) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    try require(posix_spawn_file_actions_init(&actions))
    defer { posix_spawn_file_actions_destroy(&actions) }
    try require(posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO))
    try require(posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO))
    try require(posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO))
    try require(linux_spawn_close_from(&actions, STDERR_FILENO + 1))
    try require(linux_spawn_change_directory(&actions, "/"))

    var attributes = posix_spawnattr_t()
    try require(posix_spawnattr_init(&attributes))
    defer { posix_spawnattr_destroy(&attributes) }
    // Dispatch's threads block nearly every signal, SIGTERM included, and a child inherits that.
    var none = sigset_t()
    sigemptyset(&none)
    var all = sigset_t()
    sigfillset(&all)
    try require(posix_spawnattr_setsigmask(&attributes, &none))
    try require(posix_spawnattr_setsigdefault(&attributes, &all))
    try require(posix_spawnattr_setpgroup(&attributes, 0))
    let flags = Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF) | Int32(POSIX_SPAWN_SETPGROUP)
    try require(posix_spawnattr_setflags(&attributes, Int16(flags)))
    return try Syscalls.posixSpawn(program, &actions, &attributes, arguments.pointers, environment.pointers)
  }

  private static func require(_ code: Int32) throws(Errno) {
    if code != 0 { throw Errno(code) }
  }
}

/// Strings as the C library wants them: pointers, with a null pointer at the end.
private struct CStrings: ~Copyable {
  let pointers: [UnsafeMutablePointer<CChar>?]

  init(_ strings: [String]) { pointers = strings.map { strdup($0) } + [nil] }

  deinit { for pointer in pointers { free(pointer) } }
}
