import Dispatch
import Glibc
import Synchronization
import TestSupport

/// A running service, whose log lines are events to wait for; killed when it is let go.
final class RunningService: Sendable {
  fileprivate struct State {
    var lines: [String] = []
    var events: [LogEvent] = []
    var isOver = false
    var waiters: [DispatchSemaphore] = []
  }

  /// The process: of the service itself, or of the program that runs it.
  let process: TestProcess
  private let state: Shared

  /// What the reading thread shares with the tests.
  private final class Shared: Sendable {
    let mutex = Mutex(State())
  }

  /// Starts `tokenroll run` for the configuration file; `through` is a command that runs it, such as a tracer.
  init(
    _ configuration: String, through: [String] = [], environment: [String: String] = [:],
    level: String = "debug",
    format: String = "json"
  ) throws {
    let variables = environment.map { "\($0.key)=\($0.value)" }
    let command =
      ["env"] + variables + through
      + [
        try TestProcess.product("tokenroll"), "run", "--config", configuration, "--log-format", format,
        "--log-level",
        level,
      ]
    // Standard error is where the log goes; the pipe is the one of standard output.
    process = try TestProcess("/bin/sh", ["-c", "exec \"$@\" 2>&1", "sh"] + command)
    let (process, shared) = (process, Shared())
    state = shared
    startThread {
      var rest: [UInt8] = []
      while let more = process.nextOutput() {
        rest += more
        while let end = rest.firstIndex(of: 0x0A) {
          let line = String(decoding: rest[..<end], as: UTF8.self)
          rest.removeFirst(end + 1)
          shared.mutex.withLock { state in
            state.lines.append(line)
            if let event = LogEvent(line) { state.events.append(event) }
            state.wake()
          }
        }
      }
      shared.mutex.withLock { state in
        state.isOver = true
        state.wake()
      }
    }
  }

  deinit { process.signal(SIGKILL) }

  /// All events so far.
  var events: [LogEvent] { state.mutex.withLock { $0.events } }
  /// All lines so far.
  var lines: [String] { state.mutex.withLock { $0.lines } }

  func events(_ kind: String, entry: String? = nil) -> [LogEvent] {
    events.filter { $0.kind == kind && (entry == nil || $0.entry == entry) }
  }

  /// Waits for the `count`-th event of this kind; fails where the service ends or the time is over before.
  @discardableResult
  func event(_ kind: String, entry: String? = nil, count: Int = 1, within seconds: Double = 60) throws
    -> LogEvent
  {
    let found = try wait("\(kind) of \(entry ?? "any entry")", within: seconds) { events in
      let matching = events.filter { $0.kind == kind && (entry == nil || $0.entry == entry) }
      return matching.count >= count ? matching[count - 1] : nil
    }
    return found
  }

  /// Waits until `find` finds something in the events so far.
  func wait<Found>(_ what: String, within seconds: Double = 60, _ find: ([LogEvent]) -> Found?) throws
    -> Found
  {
    let deadline = DispatchTime.now() + seconds
    while true {
      let semaphore = DispatchSemaphore(value: 0)
      let (events, isOver) = state.mutex.withLock { state in
        state.waiters.append(semaphore)
        return (state.events, state.isOver)
      }
      if let found = find(events) { return found }
      if isOver { throw TestFailure("the service ended before \(what):\n\(tail)") }
      guard semaphore.wait(timeout: deadline) == .success else {
        throw TestFailure("\(what) did not come within \(seconds) s:\n\(tail)")
      }
    }
  }

  /// The first event of one of these kinds; nil where the service ends without it.
  func eventOrEnd(_ kinds: [String], within seconds: Double = 60) throws -> LogEvent? {
    do {
      return try wait(kinds.joined(separator: " or "), within: seconds) { events in
        events.first { kinds.contains($0.kind) }
      }
    } catch {
      if isOver { return nil }
      throw error
    }
  }

  /// Whether it has ended.
  var isOver: Bool { state.mutex.withLock { $0.isOver } }

  private var tail: String { lines.suffix(25).joined(separator: "\n") }

  func signal(_ number: Int32) { process.signal(number) }

  /// Waits for the end; the answer is the exit status.
  @discardableResult
  func ended(within seconds: Double = 60) throws -> Int32 {
    let deadline = DispatchTime.now() + seconds
    while true {
      let semaphore = DispatchSemaphore(value: 0)
      let isOver = state.mutex.withLock { state in
        state.waiters.append(semaphore)
        return state.isOver
      }
      if isOver { return process.wait() }
      guard semaphore.wait(timeout: deadline) == .success else {
        throw TestFailure("the service did not end within \(seconds) s:\n\(tail)")
      }
    }
  }

  /// Ends it as systemd does; the answer is the exit status.
  @discardableResult
  func stop(within seconds: Double = 60) throws -> Int32 {
    signal(SIGTERM)
    return try ended(within: seconds)
  }

  /// Ends it at once.
  func crash() throws {
    signal(SIGKILL)
    try ended()
  }
}

extension RunningService.State {
  fileprivate mutating func wake() {
    for waiter in waiters { waiter.signal() }
    waiters = []
  }
}
