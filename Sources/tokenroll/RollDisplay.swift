internal import JSON

/// The progress of rolls: on a terminal a line an entry that changes, elsewhere a line a step.
struct RollDisplay {
  private var names: [String] = []
  private var lines: [String: String] = [:]
  private var shown = 0
  private var bad = 0

  /// More lines than this are not rewritten, for they may not be on the screen any more.
  private static let most = 20
  private var isLive: Bool { Terminal.isInteractive && names.count <= Self.most }

  /// Whether all was rolled.
  var isGood: Bool { bad == 0 }

  /// The entries whose rolls the service has taken on.
  mutating func begin(_ names: [String]) {
    self.names = names
    if names.isEmpty { Terminal.print("There is no entry that could be rolled now.") }
    if Terminal.isInteractive, !names.isEmpty {
      Terminal.complain("The service goes on by itself when you interrupt this command.")
    }
    for name in names { lines[name] = "queued" }
    redraw()
  }

  /// The next step of one of them.
  mutating func show(_ progress: JSONNode) {
    guard let name = progress["entry"]?.string else { return }
    let line = words(progress)
    switch progress["result"]?.string {
    case "settled": lines[name] = Terminal.styled(line, .green)
    case nil: lines[name] = line
    default:
      bad += 1
      lines[name] = Terminal.styled(line, .red)
    }
    if isLive { redraw() } else { Terminal.print("\(name): \(lines[name] ?? "")") }
  }

  private func words(_ progress: JSONNode) -> String {
    let trouble = progress["trouble"]?.string
    switch progress["result"]?.string {
    case "settled": return "rolled, published and verified"
    case "dropped": return "not rolled: a reload took the entry away"
    case .some:
      let next = progress["next_attempt"]?.string.map { "; the service tries again at \($0)" } ?? ""
      return "failed: \(trouble ?? "no reason is known")\(next)"
    case nil: return (progress["phase"]?.string ?? "?") + (trouble.map { " (\($0))" } ?? "")
    }
  }

  private mutating func redraw() {
    guard isLive, !names.isEmpty else { return }
    let width = names.map(\.count).max() ?? 0
    Terminal.rewrite(
      names.map { $0 + String(repeating: " ", count: width - $0.count) + "  " + (lines[$0] ?? "") },
      over: shown)
    shown = names.count
  }
}
