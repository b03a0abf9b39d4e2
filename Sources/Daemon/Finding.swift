/// One thing that was examined, and what came of it.
public struct Finding: Sendable, Equatable {
  /// What to make of it.
  public enum Verdict: String, Sendable {
    /// It is as it should be.
    case ok
    /// It works, or could not be seen; it deserves a look.
    case warn
    /// It keeps rolls from working, or will.
    case fail
  }

  /// What to make of it.
  public var verdict: Verdict
  /// What was examined: an entry, a credential, a part of the system.
  public var subject: String
  /// What came of it; no secret in it.
  public var text: String
  /// What to do about it; nil where there is nothing to do, or `text` says it.
  public var cure: String?
  /// The lines that a drop-in of the unit needs in its section `[Service]`.
  public var dropIn: [String] = []

  /// It is as it should be.
  public static func ok(_ subject: String, _ text: String) -> Finding {
    Finding(verdict: .ok, subject: subject, text: text)
  }

  /// It deserves a look.
  public static func warn(_ subject: String, _ text: String, cure: String) -> Finding {
    Finding(verdict: .warn, subject: subject, text: text, cure: cure)
  }

  /// It has to be mended.
  public static func fail(_ subject: String, _ text: String, cure: String, dropIn: [String] = []) -> Finding {
    Finding(verdict: .fail, subject: subject, text: text, cure: cure, dropIn: dropIn)
  }

  /// What was examined and what came of it.
  public var description: String { "\(subject): \(text)" }

  /// A finding of these parts.
  init(
    verdict: Verdict, subject: String, text: String, cure: String? = nil, dropIn: [String] = []
  ) {
    self.verdict = verdict
    self.subject = subject
    self.text = text
    self.cure = cure
    self.dropIn = dropIn
  }
}
