internal import Core
internal import Glibc

/// A child between its start and its end.
@RotationActor final class RunningChild {
  private let process: pid_t
  private let grace: TimeSpan
  private let onOutput: @RotationActor @Sendable (UnsafeRawBufferPointer) -> Void
  private var exitWatch: DescriptorWatch?
  private var outputWatch: DescriptorWatch?
  private var timer: BootTimer?
  /// The wait status, once the child has ended; the inner nil where it could not be learned.
  private var ended: Int32??
  private var waiter: CheckedContinuation<Int32?, Never>?
  private(set) var wasTerminated = false

  /// Starts the program.
  init(
    _ program: ChildProcess, onOutput: @escaping @RotationActor @Sendable (UnsafeRawBufferPointer) -> Void
  ) throws(SystemError) {
    grace = program.grace
    self.onOutput = onOutput
    let input = try Self.input(program)
    let output = try Pipe(for: program.program)
    try attempt("cannot prepare the output of", program.program) { () throws(Errno) in
      try Syscalls.setNonblocking(output.reading.rawValue)
    }
    process = try Spawn.start(program, input: input.rawValue, output: output.writing.rawValue)
    do throws(Errno) {
      exitWatch = try DescriptorWatch(Syscalls.pidfdOpen(process)) { [weak self] in self?.processEnded() }
      outputWatch = try DescriptorWatch(output.takeReading()) { [weak self] in self?.outputArrived() }
    } catch {
      // It cannot be watched, so it must not run; waiting is short, for SIGKILL cannot be refused.
      try? Syscalls.kill(-process, SIGKILL)
      _ = try? Syscalls.waitpid(process, waiting: true)
      throw SystemError("cannot watch", program.program, error)
    }
    let timer = try? BootTimer { [weak self] in self?.timeIsUp() }
    self.timer = timer
    do throws(SystemError) {
      try timer?.schedule(at: SystemClock().bootTime + program.timeLimit)
      if timer == nil { terminate() }
    } catch {
      // Without a limit it must not run.
      terminate()
    }
  }

  /// Waits for the end; nil where another part of the process has waited for the child.
  func waitStatus() async -> Int32? {
    if let ended { return ended }
    return await withCheckedContinuation { waiter = $0 }
  }

  /// Sends SIGTERM to the group, and SIGKILL when the grace is over.
  func terminate() {
    guard ended == nil, !wasTerminated else { return }
    wasTerminated = true
    try? Syscalls.kill(-process, SIGTERM)
    do throws(SystemError) {
      guard let timer else { return kill() }
      try timer.schedule(at: SystemClock().bootTime + grace)
    } catch {
      kill()
    }
  }

  private func kill() { try? Syscalls.kill(-process, SIGKILL) }

  private func timeIsUp() {
    guard ended == nil else { return }
    if wasTerminated { kill() } else { terminate() }
  }

  private func processEnded() {
    guard ended == nil else { return }
    var status: Int32?
    do throws(Errno) {
      // Not yet: a debugger may make the descriptor readable early.
      guard let reaped = try Syscalls.waitpid(process, waiting: false) else { return }
      status = reaped
    } catch {
      status = nil
    }
    // Whoever ignored SIGTERM in the group of a child that was told to end goes with it.
    if wasTerminated { kill() }
    outputArrived()
    exitWatch = nil
    outputWatch = nil
    timer = nil
    ended = .some(status)
    waiter?.resume(returning: status)
    waiter = nil
  }

  /// Reads what is there: at most what a pipe holds, so that a child that never stops does not hold up the queue.
  private func outputArrived() {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 1)
    defer { buffer.deallocate() }
    guard let watch = outputWatch else { return }
    do throws(Errno) {
      let count = try Syscalls.read(watch.rawValue, into: buffer)
      if count == 0 { return outputWatch = nil }
      let output = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
      defer { wipe(output) }
      onOutput(UnsafeRawBufferPointer(output))
    } catch {
      if error.code != EAGAIN { outputWatch = nil }
    }
  }

  /// A descriptor from which the child reads its input, to the end.
  private static func input(_ program: ChildProcess) throws(SystemError) -> FileDescriptor {
    guard let secret = program.standardInput else {
      return try attempt("cannot open", "/dev/null") { () throws(Errno) in
        try Syscalls.open("/dev/null", O_RDONLY)
      }
    }
    let pipe = try Pipe(for: program.program)
    let writing = pipe.writing.rawValue
    try attempt("cannot pass the input to", program.program) { () throws(Errno) in
      try Syscalls.setNonblocking(writing)
      try secret.withBytes { (bytes) throws(Errno) in
        // All at once or not at all: the pipe is empty, and holds 64 KiB (pipe(7)).
        if !bytes.isEmpty, try Syscalls.write(writing, bytes) != bytes.count { throw Errno(EMSGSIZE) }
      }
    }
    return pipe.takeReading()
  }
}

/// A pipe with both of its ends.
private struct Pipe: ~Copyable {
  let reading: FileDescriptor
  let writing: FileDescriptor

  init(for program: String) throws(SystemError) {
    let ends = try attempt("cannot create a pipe for", program) { () throws(Errno) in try Syscalls.pipe() }
    reading = FileDescriptor(owning: ends.0)
    writing = FileDescriptor(owning: ends.1)
  }

  /// Keeps the end to read from and closes the other.
  consuming func takeReading() -> FileDescriptor { reading }
}
