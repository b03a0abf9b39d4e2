internal import CSystemd
public import Core
internal import Glibc

/// The journal, with structured fields (sd_journal_sendv(3)).
///
/// An event that the journal does not take goes to standard error, and what that does not take either waits for the journal:
/// none is lost silently.
public struct Journal: EventSink {
  /// The socket whose absence libsystemd does not report: it would say that the event was taken.
  static let socketPath = "/run/systemd/journal/socket"

  /// Whether this process can send to the journal of the machine.
  public static var isReachable: Bool { access(socketPath, W_OK) == 0 }

  private let otherwise: @Sendable (Event) -> Bool
  private let backlog: JournalBacklog

  /// The journal of the machine; `otherwise` gets what it does not take.
  public init(otherwise: StreamSink) {
    self.init(otherwise: { otherwise.write($0) }, backlog: JournalBacklog(send: Self.send))
  }

  /// A journal of which tests decide what it takes, and what is taken in its place (`otherwise` returns true).
  init(otherwise: @escaping @Sendable (Event) -> Bool, backlog: JournalBacklog) {
    self.otherwise = otherwise
    self.backlog = backlog
  }

  /// Writes `event` to the journal.
  public func record(_ event: Event) {
    let assignments = JournalFields.assignments(event)
    if !backlog.send(assignments), !otherwise(event) { backlog.keep(assignments) }
  }

  private static let send: @Sendable ([String]) -> Int32 = { assignments in
    guard access(socketPath, W_OK) == 0 else { return -errno }
    return withVectors(assignments) { sd_journal_sendv($0.baseAddress, Int32($0.count)) }
  }

  /// Lends `assignments` as vectors of bytes; one buffer holds them all.
  static func withVectors<Result>(
    _ assignments: [String], _ body: (UnsafeBufferPointer<iovec>) -> Result
  ) -> Result {
    var bytes = assignments.flatMap { Array($0.utf8) }
    return bytes.withUnsafeMutableBytes { buffer in
      var offset = 0
      let vectors = assignments.map { assignment in
        defer { offset += assignment.utf8.count }
        return iovec(iov_base: buffer.baseAddress.map { $0 + offset }, iov_len: assignment.utf8.count)
      }
      return vectors.withUnsafeBufferPointer(body)
    }
  }
}
