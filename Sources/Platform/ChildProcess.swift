public import Core
internal import Glibc

/// A program to be run as a child: with a clean environment, default signals and no descriptor but the standard three.
///
/// The child leads a process group of its own and starts in `/`. Its standard output and error are one stream.
public struct ChildProcess: Sendable {
  /// How a child ended.
  public enum Ending: Sendable, Hashable {
    /// It ended by itself, with this status, 0 to 255.
    case exited(Int32)
    /// A signal ended it (signal(7)).
    case signalled(Int32)
  }

  /// What became of a child.
  public struct Outcome: Sendable, Hashable {
    /// How it ended.
    public var ending: Ending
    /// Whether it was told to end, since it took longer than allowed or the task was cancelled.
    public var wasTerminated: Bool

    /// An outcome of these parts.
    public init(ending: Ending, wasTerminated: Bool) {
      self.ending = ending
      self.wasTerminated = wasTerminated
    }
  }

  /// The absolute path of the program.
  public var program: String
  /// The arguments after the program's name; every user of the machine can read them, so never a secret.
  public var arguments: [String]
  /// The whole environment; `PATH` is added where it is missing. Never a secret.
  public var environment: [String: String]
  /// What the child reads from standard input, up to 64 KiB (a pipe's capacity, pipe(7)); nil is /dev/null.
  public var standardInput: Secret?
  /// After how long its group is sent SIGTERM, measured with suspend.
  public var timeLimit: TimeSpan
  /// How long after that its group is sent SIGKILL.
  public var grace: TimeSpan

  /// A program to be run; see the members.
  public init(
    program: String, arguments: [String] = [], environment: [String: String] = [:],
    standardInput: Secret? = nil, timeLimit: TimeSpan, grace: TimeSpan = .seconds(5)
  ) {
    self.program = program
    self.arguments = arguments
    self.environment = environment
    self.standardInput = standardInput
    self.timeLimit = timeLimit
    self.grace = grace
  }

  /// Runs the program and returns when it has ended; no thread waits meanwhile.
  ///
  /// `onLine` gets each line of output without its newline; a line longer than 4,096 bytes arrives in parts. What
  /// processes that outlive the child write after its end is not read. Throws where the program cannot be started.
  @RotationActor public func run(
    onLine: @escaping @RotationActor @Sendable (String) -> Void
  ) async throws(SystemError) -> Outcome {
    let lines = Lines()
    let outcome = try await runSecretly(onOutput: { bytes in
      for line in lines.splitter.add(bytes) { onLine(line) }
    })
    if let last = lines.splitter.finish() { onLine(last) }
    return outcome
  }

  @RotationActor private final class Lines {
    var splitter = LineSplitter()
  }

  /// As `run`, for output that is a secret: `onOutput` is lent the bytes as they arrive, and they are wiped then.
  @RotationActor public func runSecretly(
    onOutput: @escaping @RotationActor @Sendable (UnsafeRawBufferPointer) -> Void
  ) async throws(SystemError) -> Outcome {
    let child = try RunningChild(self, onOutput: onOutput)
    let status = await withTaskCancellationHandler {
      await child.waitStatus()
    } onCancel: {
      RotationActor.task { child.terminate() }
    }
    guard let status else {
      throw SystemError(
        "cannot learn the end of", program, code: ECHILD, context: "someone else waited for it")
    }
    // The layout of a wait status on Linux (bits/waitstatus.h).
    let signal = status & 0x7f
    return Outcome(
      ending: signal == 0 ? .exited(status >> 8 & 0xff) : .signalled(signal),
      wasTerminated: child.wasTerminated)
  }
}
