internal import Core
internal import Daemon
internal import JSON

/// The progress of rolls: on a terminal a line an entry that changes, elsewhere a line a step.
struct RollDisplay {
  /// What tries a roll again that came to nothing.
  private let another: String
  private var names: [String] = []
  private var lines: [String: (text: String, style: Terminal.Style?)] = [:]
  private var shown = 0
  /// The entries whose last end was no good one.
  private var bad: Set<String> = []

  /// More lines than this are not rewritten, for they may not be on the screen any more.
  private static let most = 20
  private var isLive: Bool { Terminal.isInteractive && names.count <= Self.most }

  /// Whether all was rolled.
  var isGood: Bool { bad.isEmpty }

  /// A display of rolls that `another`, the service or the next run, tries again where they came to nothing.
  init(another: String) { self.another = another }

  /// The entries whose rolls were taken on; `remark` is said on a terminal.
  mutating func begin(_ names: [String], none: String, remark: String) {
    self.names = names
    if names.isEmpty { Terminal.print(none) }
    if Terminal.isInteractive, !names.isEmpty { Terminal.complain(remark) }
    for name in names { lines[name] = ("queued", nil) }
    redraw()
  }

  /// The next step of one of them.
  mutating func show(_ progress: RollProgress) {
    let name = progress.entry
    let text = words(progress)
    var style: Terminal.Style?
    switch progress.result {
    case .settled:
      bad.remove(name)
      style = .green
    case nil: break
    case .failed, .dropped:
      bad.insert(name)
      style = .red
    }
    lines[name] = (text, style)
    if isLive { redraw() } else { Terminal.print("\(name): \(Terminal.styled(text, style))") }
  }

  /// After the last step: what did not fit on the screen.
  func end() {
    guard isLive else { return }
    for name in names {
      guard let line = lines[name], line.style == .red,
        name.utf8.count + Terminal.columns(of: line.text) + 4 > Terminal.width
      else { continue }
      Terminal.print("\(name): \(Terminal.styled(line.text, .red))")
    }
  }

  private func words(_ progress: RollProgress) -> String {
    switch progress.result {
    case .settled: return "rolled, published and verified"
    case .dropped: return "not rolled: a reload took the entry away"
    case .failed:
      let next = progress.nextAttempt.map { "; \(another) tries again at \($0.rfc3339)" } ?? ""
      return "failed: \(progress.trouble ?? "no reason is known")\(next)"
    case nil: return progress.phase.rawValue + (progress.trouble.map { " (\($0))" } ?? "")
    }
  }

  private mutating func redraw() {
    guard isLive, !names.isEmpty else { return }
    let width = names.map(\.utf8.count).max() ?? 0
    // A line that the terminal breaks would be two.
    let room = max(Terminal.width - width - 3, 10)
    let rows = names.map { name in
      let line = lines[name] ?? ("", nil)
      return name + String(repeating: " ", count: width - name.utf8.count + 2)
        + Terminal.styled(String(line.text.prefix(room)), line.style)
    }
    Terminal.rewrite(rows, over: shown)
    shown = names.count
  }
}

extension RollProgress {
  /// What the control socket says; nil where that is of a later version.
  init?(_ node: JSONNode) {
    guard let entry = node["entry"]?.string,
      let phase = node["phase"]?.string.flatMap({ RollPhase(rawValue: $0) })
    else { return nil }
    self.init(
      entry: entry, phase: phase, trouble: node["trouble"]?.string,
      nextAttempt: ServiceStatus.time(node["next_attempt"]),
      result: node["result"]?.string.flatMap { Result(rawValue: $0) })
  }
}
