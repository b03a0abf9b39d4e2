public import Core
internal import Glibc
internal import Platform

/// Where the service's events go: the choice, and a limit on what is written at all.
public struct EventLog: EventSink {
  /// `--log-format`.
  public enum Format: String, Sendable, CaseIterable {
    /// The journal where it reads standard error, else lines for people.
    case auto
    /// Lines for people on standard error.
    case text
    /// An object a line on standard error.
    case json
  }

  private let sink: any EventSink
  private let minimumPriority: Priority

  /// Passes on to `sink` what is at least as grave as `minimumPriority`.
  public init(_ sink: any EventSink, minimumPriority: Priority) {
    self.sink = sink
    self.minimumPriority = minimumPriority
  }

  /// Records `event` where it is grave enough.
  public func record(_ event: Event) {
    if event.kind.priority <= minimumPriority { sink.record(event) }
  }

  /// The log that `format` and the surroundings of the process ask for.
  public static func choose(format: Format, minimumPriority: Priority) -> EventLog {
    let stream = getenv("JOURNAL_STREAM").map { String(cString: $0) }
    let isJournal = journalReads(stream, descriptor: STDERR_FILENO)
    let sink: any EventSink =
      switch format {
      case .json: StreamSink(format: .json)
      case .text: StreamSink(format: isJournal ? .prefixed : .text)
      case .auto where isJournal: Journal(otherwise: StreamSink(format: .prefixed))
      case .auto: StreamSink(format: .text)
      }
    return EventLog(sink, minimumPriority: minimumPriority)
  }

  /// Whether `$JOURNAL_STREAM`, a device and an inode, names the file behind `descriptor` (systemd.exec(5)).
  static func journalReads(_ stream: String?, descriptor: Int32) -> Bool {
    guard let stream, let status = try? Syscalls.fstat(descriptor) else { return false }
    return stream == "\(status.st_dev):\(status.st_ino)"
  }
}
