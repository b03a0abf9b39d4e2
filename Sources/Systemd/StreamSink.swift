public import Core
internal import Glibc
internal import JSON
public import Platform

/// One line an event on a descriptor, mostly standard error.
public struct StreamSink: EventSink {
  /// How a line is written.
  public enum Format: Sendable, Hashable {
    /// For people: time, priority, entry, message, fields.
    case text
    /// The same for people, behind `<N>`, from which the journal takes the priority (sd-daemon(3)).
    case prefixed
    /// An object with the journal's field names in lower case.
    case json
  }

  private let descriptor: Int32
  private let format: Format
  private let clock: any Clock

  /// How long a reader that does not read may hold up the service.
  private static let patience: Int32 = 1_000

  /// Lines in `format` on `descriptor`, which stays its owner's.
  public init(descriptor: Int32 = 2, format: Format, clock: any Clock = SystemClock()) {
    self.descriptor = descriptor
    self.format = format
    self.clock = clock
  }

  /// Writes `event` as one line; left out where nobody reads the stream for a second.
  public func record(_ event: Event) { _ = write(event) }

  /// Does the same, and returns whether the stream took the whole line.
  func write(_ event: Event) -> Bool {
    var line = Self.line(event, at: clock.now, format) + "\n"
    // In one call where it goes in one, so that lines of several threads do not mix (pipe(7), PIPE_BUF).
    return line.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty, isWritable(), let count = try? Syscalls.write(descriptor, rest), count > 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      }
      return rest.isEmpty
    }
  }

  private func isWritable() -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&request, 1, Self.patience) > 0
  }

  /// The line for `event`, without a newline.
  static func line(_ event: Event, at time: Timestamp, _ format: Format) -> String {
    switch format {
    case .text: text(event, at: time)
    case .prefixed: "<\(event.kind.priority.rawValue)>" + text(event, at: time)
    case .json: json(event, at: time)
    }
  }

  private static func text(_ event: Event, at time: Timestamp) -> String {
    let subject = event.entry.map { " \($0)" } ?? ""
    var line = "\(time.rfc3339) \(event.kind.priority)\(subject): \(event.message)"
    var hasDetails = false
    func add(_ name: String, _ value: String) {
      line += hasDetails ? ", " : " ("
      line += name
      line += " "
      line += value
      hasDetails = true
    }
    for field in JournalFields.details(event) {
      if let name = shortName(field.name) { add(name, field.value.description) }
    }
    if let took = event.duration { add("took", took.abbreviated) }
    if hasDetails { line += ")" }
    return oneLine(line)
  }

  /// What a field is called within a line for people; nil for one that the line has elsewhere or does without.
  private static func shortName(_ field: String) -> String? {
    switch field {
    case "TOKENROLL_ROLL_ID": "roll"
    case "TOKENROLL_ENTRY", "TOKENROLL_ACCOUNT_ID", "TOKENROLL_TOKEN_ID", "TOKENROLL_DURATION_USEC": nil
    case "TOKENROLL_PHASE": "phase"
    case "TOKENROLL_HTTP_STATUS": "status"
    case "TOKENROLL_API_CODE": "code"
    case "TOKENROLL_CF_RAY": "ray"
    case "TOKENROLL_ATTEMPT": "attempt"
    case "TOKENROLL_UNIT": "unit"
    case "TOKENROLL_PROGRAM": "program"
    case "TOKENROLL_EXIT_STATUS": "exit status"
    default: field.lowercased()
    }
  }

  private static func json(_ event: Event, at time: Timestamp) -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("time")
    writer.value(time.rfc3339(microseconds: true))
    writer.key("priority")
    writer.value(event.kind.priority.rawValue)
    writer.key("message")
    writer.value(event.message)
    writer.key("message_id")
    writer.value(event.kind.messageID)
    writer.key("event")
    writer.value(event.kind.rawValue)
    writer.key("syslog_identifier")
    writer.value(JournalFields.identifier)
    for (name, value) in JournalFields.details(event) {
      writer.key(name.lowercased())
      switch value {
      case .text(let text): writer.value(text)
      case .number(let number): writer.value(number)
      }
    }
    writer.endObject()
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
