internal import Core

/// The fields of an event under the names that the journal knows (systemd.journal-fields(7)).
enum JournalFields {
  /// What the service calls itself in the journal.
  static let identifier = "tokenroll"

  /// What an event says beside its message, in a fixed order; only what is known.
  static func details(_ event: Event) -> [(name: String, value: Value)] {
    let fields: [(String, Value?)] = [
      ("TOKENROLL_ENTRY", event.entry.map(Value.text)),
      ("TOKENROLL_ROLL_ID", event.rollID.map(Value.text)),
      ("TOKENROLL_ACCOUNT_ID", event.accountID.map(Value.text)),
      ("TOKENROLL_TOKEN_ID", event.tokenID.map(Value.text)),
      ("TOKENROLL_PHASE", event.phase.map(Value.text)),
      ("TOKENROLL_HTTP_STATUS", event.httpStatus.map { .number(Int64($0)) }),
      ("TOKENROLL_API_CODE", event.apiCode.map { .number(Int64($0)) }),
      ("TOKENROLL_CF_RAY", event.ray.map(Value.text)),
      ("TOKENROLL_DURATION_USEC", event.duration.map { .number($0.microseconds) }),
      ("TOKENROLL_ATTEMPT", event.attempt.map { .number(Int64($0)) }),
      ("TOKENROLL_UNIT", event.unit.map(Value.text)),
      ("TOKENROLL_PROGRAM", event.program.map(Value.text)),
      ("TOKENROLL_EXIT_STATUS", event.exitStatus.map { .number(Int64($0)) }),
      ("ERRNO", event.errno.map { .number(Int64($0)) }),
    ]
    return fields.compactMap { name, value in value.map { (name, $0) } }
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
