/// One line `KEY=VALUE` of a unit file or a drop-in.
public struct UnitAssignment: Sendable, Hashable {
  /// The section, as `Service`.
  public var section: String
  /// The name before the `=`.
  public var key: String
  /// What stands after it, continued lines joined; empty where earlier lines are to be forgotten.
  public var value: String
  /// The file.
  public var file: String
  /// The line, from 1, on which it begins.
  public var line: Int

  /// "/etc/systemd/system/tokenroll.service:12".
  public var place: String { "\(file):\(line)" }

  /// All assignments of `text`, the content of `file`, by the syntax of systemd.syntax(7).
  static func all(in text: String, of file: String) -> [UnitAssignment] {
    var assignments: [UnitAssignment] = []
    var section = ""
    var pending: (text: String, line: Int)?
    for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = trimmed(raw)
      if line.hasPrefix("#") || line.hasPrefix(";") { continue }
      if pending == nil, line.isEmpty { continue }
      let start = pending?.line ?? index + 1
      var whole = (pending?.text ?? "") + line
      if whole.hasSuffix("\\") {
        whole.removeLast()
        pending = (whole + " ", start)
        continue
      }
      pending = nil
      if whole.hasPrefix("["), whole.hasSuffix("]") {
        section = String(whole.dropFirst().dropLast())
      } else if let sign = whole.firstIndex(of: "=") {
        assignments.append(
          UnitAssignment(
            section: section, key: trimmed(whole[..<sign]),
            value: trimmed(whole[whole.index(after: sign)...]),
            file: file, line: start))
      }
    }
    return assignments
  }

  private static func trimmed(_ text: some StringProtocol) -> String {
    let start = text.drop { $0 == " " || $0 == "\t" || $0 == "\r" }
    guard let end = start.lastIndex(where: { $0 != " " && $0 != "\t" && $0 != "\r" }) else { return "" }
    return String(start[...end])
  }
}
