import Core

/// The real thing to compare with: `systemd-analyze` of systemd 252.
enum SystemdAnalyze {
  /// One expression as systemd sees it.
  struct Calendar {
    var normalForm: String
    /// Whole seconds of the elapses; fewer than asked for where there are no more.
    var elapses: [Int64]
  }

  /// True where version 252 is installed.
  static let isPresent: Bool = {
    guard let (text, _) = try? run(["--version"]) else { return false }
    return text.hasPrefix("systemd 252 ")
  }()

  /// What systemd makes of each expression; nil where it refuses it. The local zone is `zone`.
  static func calendar(
    _ expressions: [String], zone: String = "UTC", base: Timestamp, iterations: Int = 1
  ) throws -> [Calendar?] {
    let arguments = [
      "calendar", "--iterations=\(iterations)", "--base-time=@\(base.seconds)", "--",
    ]
    let (text, _) = try run(arguments + expressions, zone: zone)
    var results: [Calendar?] = []
    var block: [Substring] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.isEmpty {
        results.append(read(block))
        block = []
      } else {
        block.append(line)
      }
    }
    return results
  }

  private static func read(_ block: [Substring]) -> Calendar? {
    var result: Calendar?
    for line in block {
      let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
      let name = line[..<colon].drop { $0 == " " }
      let value = line[colon...].dropFirst(2)
      switch name {
      case "Normalized form": result = Calendar(normalForm: String(value), elapses: [])
      case "(in UTC)": result?.elapses.removeLast()
      default: break
      }
      if name == "Next elapse" || name == "(in UTC)" || name.hasPrefix("Iter"), value != "never" {
        result?.elapses.append(seconds(value))
      }
    }
    return result
  }

  /// `Thu 2026-01-01 11:00:00 UTC`; the zone is not looked at.
  private static func seconds(_ text: Substring) -> Int64 {
    let parts = text.split { !$0.isNumber }.prefix(6).compactMap { Int($0) }
    guard parts.count == 6 else { return .min }
    return CivilTime(
      year: parts[0], month: parts[1], day: parts[2], hour: parts[3], minute: parts[4], second: parts[5]
    ).seconds
  }

  /// Microseconds and the normal form of a time span; nil where systemd refuses it.
  static func timeSpan(_ text: String) throws -> (microseconds: UInt64, normalForm: String)? {
    try timeSpans([text])?.first
  }

  /// The same for many, all of which have to be accepted.
  static func timeSpans(_ texts: [String]) throws -> [(microseconds: UInt64, normalForm: String)]? {
    let (text, status) = try run(["timespan", "--"] + texts)
    guard status == 0 else { return nil }
    var results: [(microseconds: UInt64, normalForm: String)] = []
    var length: UInt64 = 0
    for line in text.split(separator: "\n") {
      let words = line.drop { $0 == " " }.split(separator: ":", maxSplits: 1)
      guard words.count == 2 else { continue }
      if words[0] == "Human" { results.append((length, String(words[1].dropFirst()))) }
      if words[0] != "Original", let number = UInt64(words[1].dropFirst()) { length = number }
    }
    return results
  }

  private static func run(_ arguments: [String], zone: String = "UTC") throws -> (
    text: String, status: Int32
  ) {
    try Command.output(
      of: "systemd-analyze", arguments,
      environment: ["PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=\(zone)"])
  }
}
