internal import Daemon
internal import JSON

/// Findings, for people and for programs.
enum FindingReport {
  /// Prints each with its cure, and how many there are.
  static func print(_ findings: [Finding]) {
    for finding in findings { print(finding) }
    Terminal.print("\n" + summary(findings))
  }

  private static func print(_ finding: Finding) {
    let (word, style): (String, Terminal.Style) =
      switch finding.verdict {
      case .ok: ("OK  ", .green)
      case .warn: ("WARN", .yellow)
      case .fail: ("FAIL", .red)
      }
    Terminal.print("\(Terminal.styled(word, style)) \(finding.description)")
    if let cure = finding.cure { Terminal.print("     cure: \(cure)") }
  }

  private static func summary(_ findings: [Finding]) -> String {
    let failed = findings.count { $0.verdict == .fail }
    let warned = findings.count { $0.verdict == .warn }
    guard failed + warned > 0 else { return "All is well." }
    return "\(failed) to mend, \(warned) to look at."
  }

  /// Prints an object with all of them.
  static func printJSON(_ findings: [Finding], isHealthy: Bool) {
    var writer = JSONWriter(.pretty)
    writer.beginObject()
    writer.member("healthy", isHealthy)
    writer.key("findings")
    writer.beginArray()
    for finding in findings {
      writer.beginObject()
      writer.member("verdict", finding.verdict.rawValue)
      writer.member("subject", finding.subject)
      writer.member("text", finding.text)
      writer.key("cure")
      if let cure = finding.cure { writer.value(cure) } else { writer.null() }
      writer.member("drop_in", finding.dropIn)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    Terminal.print(String(decoding: writer.bytes, as: UTF8.self))
  }
}
