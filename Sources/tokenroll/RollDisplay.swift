internal import JSON

/// The progress of rolls: on a terminal a line an entry that changes, elsewhere a line a step.
struct RollDisplay {
  private var names: [String] = []
  private var lines: [String: (text: String, style: Terminal.Style?)] = [:]
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
    for name in names { lines[name] = ("queued", nil) }
    redraw()
  }

  /// The next step of one of them.
  mutating func show(_ progress: JSONNode) {
    guard let name = progress["entry"]?.string else { return }
    let text = words(progress)
    var style: Terminal.Style?
    switch progress["result"]?.string {
    case "settled": style = .green
    case nil: break
    default:
      bad += 1
      style = .red
    }
    lines[name] = (text, style)
    if isLive { redraw() } else { Terminal.print("\(name): \(Terminal.styled(text, style))") }
  }

  /// After the last step: what did not fit on the screen.
  func end() {
    guard isLive else { return }
    for name in names {
      guard let line = lines[name], line.style == .red, name.count + line.text.count + 4 > Terminal.width
      else { continue }
      Terminal.print("\(name): \(Terminal.styled(line.text, .red))")
    }
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
    // A line that the terminal breaks would be two.
    let room = max(Terminal.width - width - 3, 10)
    let rows = names.map { name in
      let line = lines[name] ?? ("", nil)
      return name + String(repeating: " ", count: width - name.count + 2)
        + Terminal.styled(String(line.text.prefix(room)), line.style)
    }
    Terminal.rewrite(rows, over: shown)
    shown = names.count
  }
}
