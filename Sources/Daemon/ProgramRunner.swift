internal import Configuration
internal import Core
internal import Platform
internal import Systemd

/// Runs one program for an entry: what it is told, what it reads, and what becomes of its output.
@RotationActor struct ProgramRunner {
  /// For whom a program is run.
  struct Subject {
    /// The entry as it is configured now.
    var entry: Entry
    /// The secret that its consumers hold; nil where there is none that can be read back.
    var secret: Secret?
    /// Further secrets that the program could print.
    var others: [Secret] = []
  }

  /// The lines of one run that are logged.
  static let mostLines = 1_000

  let log: any EventSink

  /// Runs the program to its end, or to its time limit; throws where it could not be started.
  func run(
    _ program: Program, for debt: ProgramDebt, _ subject: Subject
  ) async throws(SystemError) -> ChildProcess.Outcome {
    try ProgramFile.examine(program.path)
    var input: Secret?
    if program.readsSecret {
      guard let secret = subject.secret else {
        throw SystemError(
          "cannot run", program.path, code: 0,
          context:
            "its standard input is to be the secret, which cannot be read back from the entry's destinations")
      }
      input = secret
    }
    let child = ChildProcess(
      program: program.path, arguments: Array(program.command.dropFirst()),
      environment: Self.environment(debt, subject.entry), standardInput: input, timeLimit: program.timeout)
    let known = [subject.secret].compactMap(\.self) + subject.others
    let filter = SecretFilter(known + known.map(\.sha256Hexadecimal))
    let output = Output(debt, filter, log)
    return try await child.run { output.take($0) }
  }

  /// What the program finds in its environment beside PATH; none of it is secret.
  static func environment(_ debt: ProgramDebt, _ entry: Entry) -> [String: String] {
    var variables = [
      "TOKENROLL_EVENT": debt.occasion.rawValue, "TOKENROLL_ENTRY": debt.entry,
      "TOKENROLL_ACCOUNT_ID": entry.accountID, "TOKENROLL_TOKEN_ID": entry.tokenID,
      "TOKENROLL_FILES": entry.publish.map(\.file).joined(separator: "\n"),
    ]
    variables["TOKENROLL_ROLL_ID"] = debt.roll?.description
    variables["TOKENROLL_REASON"] = debt.reason.map(oneLine)
    return variables
  }
}

/// Writes the output of one program to the log.
@RotationActor private final class Output {
  private let debt: ProgramDebt
  private let filter: SecretFilter
  private let log: any EventSink
  private var count = 0

  init(_ debt: ProgramDebt, _ filter: SecretFilter, _ log: any EventSink) {
    self.debt = debt
    self.filter = filter
    self.log = log
  }

  func take(_ line: String) {
    count += 1
    guard count <= ProgramRunner.mostLines else { return }
    record(oneLine(filter.redact(line)))
    if count == ProgramRunner.mostLines { record("(further output of the program is not logged)") }
  }

  private func record(_ text: String) {
    log.record(Event(.programOutput, text, debt))
  }
}

extension Event {
  /// An event about a program that is owed.
  init(_ kind: EventKind, _ message: String, _ debt: ProgramDebt) {
    self.init(kind, message)
    entry = debt.entry
    rollID = debt.roll?.description
    program = debt.program
  }
}
