import TestSupport

/// Runs the service under `syscall-injector`, which counts its system calls from the first preparation of a roll to
/// its settlement, or another event, and disturbs one of them.
struct SyscallInjector: Sendable {
  /// What happens at the call.
  enum Disturbance: Sendable, Equatable {
    case none
    /// The process is killed instead of the call.
    case kill
    /// The call fails with this errno and has no effect; `times` calls from it on, 0 for all.
    case error(Int32, times: Int)
    /// The call transfers half of what it was to transfer.
    case short
  }

  /// One call of a trace.
  struct Call: Sendable {
    let index: Int
    let name: String
    /// The file or socket that it is about, where it is about one, and for a request its method and path.
    let subject: String
    /// Whether it was disturbed.
    let isHit: Bool

    /// Whether it sends a request of this method.
    func sends(_ method: String) -> Bool { name == "sendto" && subject.contains("] \(method) /") }
  }

  /// The entry whose roll is watched: the first file that is opened for it has its name.
  static let entry = "walked"
  /// Whether the machine's processor is one that it knows.
  #if arch(x86_64)
    static let isSupported = true
  #else
    static let isSupported = false
  #endif

  /// The calls that are counted; nil for all.
  var calls: String?
  /// Of those, the ones whose subject has this text; nil for all.
  var path: String?
  var at = 0
  var disturbance = Disturbance.none
  /// Where the trace is written.
  var log: String
  /// The event with which counting ends.
  var until = "rollSettled"

  /// The command in front of the service's own.
  func command() throws -> [String] {
    var words = [
      try TestProcess.product("syscall-injector"), "--from", ".\(Self.entry).", "--until",
      "\"event\":\"\(until)\"",
      "--log", log, "--at", "\(at)",
    ]
    if let calls { words += ["--calls", calls] }
    if let path { words += ["--path", path] }
    switch disturbance {
    case .none: break
    case .kill: words += ["--kill", "1"]
    case .error(let code, let times): words += ["--error", "\(code)", "--times", "\(times)"]
    case .short: words += ["--short", "1"]
    }
    return words + ["--"]
  }

  /// The calls that were made.
  func trace() throws -> [Call] {
    String(decoding: try contents(of: log), as: UTF8.self).split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
      guard words.count == 3, let index = Int(words[0]) else { return nil }
      let isHit = words[1].hasPrefix("!")
      return Call(
        index: index, name: String(isHit ? words[1].dropFirst() : words[1]), subject: String(words[2]),
        isHit: isHit)
    }
  }
}
