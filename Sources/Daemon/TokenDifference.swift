internal import CloudflareAPI
internal import Core

/// In what two tokens differ that consumers would notice.
enum TokenDifference {
  /// Two tokens are not made in the same instant, and need not expire in the same.
  private static let tolerable = TimeSpan.days(1)

  /// A phrase for each difference, what the first has before what the second has.
  static func between(_ first: TokenDetails, _ second: TokenDetails) -> [String] {
    var differences: [String] = []
    if first.status != second.status { differences.append("status \(first.status), \(second.status)") }
    if first.reach != second.reach {
      let groups = [first, second].map { $0.permissionGroups.joined(separator: " + ") }
      let isTold = groups[0] != groups[1]
      differences.append(isTold ? "policies (\(groups[0])), (\(groups[1]))" : "policies")
    }
    if first.conditionJSON != second.conditionJSON { differences.append("condition") }
    for (name, times) in [
      ("expires_on", (first.expiresOn, second.expiresOn)),
      ("not_before", (first.notBefore, second.notBefore)),
    ] where !isAlike(times) {
      differences.append("\(name) \(words(times.0)), \(words(times.1))")
    }
    return differences
  }

  private static func isAlike(_ times: (Timestamp?, Timestamp?)) -> Bool {
    guard let first = times.0, let second = times.1 else { return times.0 == nil && times.1 == nil }
    return max(first - second, second - first) <= tolerable
  }

  private static func words(_ time: Timestamp?) -> String { time?.rfc3339 ?? "none" }
}
