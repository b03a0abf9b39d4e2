internal import Core

/// The fields of an event under the names that the journal knows (systemd.journal-fields(7)).
enum JournalFields {
  /// What the service calls itself in the journal.
  static let identifier = "tokenroll"

  /// What an event says beside its message, in a fixed order; only what is known.
  static func details(_ event: Event) -> [(name: String, value: Value)] {
    var fields: [(name: String, value: Value)] = []
    func add(_ name: String, _ text: String?) {
      if let text { fields.append((name, .text(text))) }
    }
    func add(_ name: String, _ number: (some BinaryInteger)?) {
      if let number { fields.append((name, .number(Int64(number)))) }
    }
    add("TOKENROLL_ENTRY", event.entry)
    add("TOKENROLL_ROLL_ID", event.rollID)
    add("TOKENROLL_ACCOUNT_ID", event.accountID)
    add("TOKENROLL_TOKEN_ID", event.tokenID)
    add("TOKENROLL_PHASE", event.phase)
    add("TOKENROLL_HTTP_STATUS", event.httpStatus)
    add("TOKENROLL_API_CODE", event.apiCode)
    add("TOKENROLL_CF_RAY", event.ray)
    add("TOKENROLL_DURATION_USEC", event.duration?.microseconds)
    add("TOKENROLL_ATTEMPT", event.attempt)
    add("TOKENROLL_UNIT", event.unit)
    add("TOKENROLL_PROGRAM", event.program)
    add("TOKENROLL_EXIT_STATUS", event.exitStatus)
    add("ERRNO", event.errno)
    return fields
  }

  /// All fields as sd_journal_sendv(3) takes them: `NAME=value`.
  static func assignments(_ event: Event) -> [String] {
    let head = [
      "MESSAGE=\(event.message)",
      "MESSAGE_ID=\(event.kind.messageID)",
      "PRIORITY=\(event.kind.priority.rawValue)",
      "SYSLOG_IDENTIFIER=\(identifier)",
    ]
    return head + details(event).map { "\($0.name)=\($0.value)" }
  }

  /// A value as it is written: JSON tells the two apart.
  enum Value: Equatable, CustomStringConvertible {
    case text(String)
    case number(Int64)

    var description: String {
      switch self {
      case .text(let text): text
      case .number(let number): String(number)
      }
    }
  }
}
