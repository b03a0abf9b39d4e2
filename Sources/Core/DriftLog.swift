/// The stretches of drift of one entry: each is told when it begins and when it is over, and not in between.
public struct DriftLog: Sendable, Equatable {
  /// A drift that was told and is not over.
  public struct Stretch: Sendable, Equatable {
    /// When it was first seen.
    public var since: Timestamp
    /// What was seen, as a sentence without its full stop.
    public var detail: String

    /// A stretch of these parts.
    public init(since: Timestamp, detail: String) {
      self.since = since
      self.detail = detail
    }
  }

  /// What changed with a look.
  public struct Change: Sendable, Equatable {
    /// What is to be told, in the order of `Kind`, then by file.
    public var begun: [Drift] = []
    /// What is over, with what was said when it began.
    public var over: [(drift: Drift, detail: String)] = []

    /// Whether nothing is to be told.
    public var isEmpty: Bool { begun.isEmpty && over.isEmpty }

    /// True where the same is to be told.
    public static func == (lhs: Change, rhs: Change) -> Bool {
      lhs.begun == rhs.begun && lhs.over.map(\.drift) == rhs.over.map(\.drift)
        && lhs.over.map(\.detail) == rhs.over.map(\.detail)
    }
  }

  /// What was told and is not over.
  public private(set) var stretches: [Drift: Stretch]

  /// A log with these stretches, as they were kept over a restart.
  public init(_ stretches: [Drift: Stretch] = [:]) { self.stretches = stretches }

  /// Notes what a look has `seen`; what it did not judge goes on as it is.
  public mutating func note(
    _ seen: [Drift: String], judged: (Drift) -> Bool = { _ in true }, at now: Timestamp
  ) -> Change {
    var change = Change()
    for (drift, stretch) in stretches where seen[drift] == nil && judged(drift) {
      stretches[drift] = nil
      change.over.append((drift, stretch.detail))
    }
    for (drift, detail) in seen {
      guard let since = stretches[drift]?.since else {
        stretches[drift] = Stretch(since: now, detail: detail)
        change.begun.append(drift)
        continue
      }
      stretches[drift] = Stretch(since: since, detail: detail)
    }
    change.begun.sort(by: Self.precedes)
    change.over.sort { Self.precedes($0.drift, $1.drift) }
    return change
  }

  /// What is wrong, in the order of `Kind`, then by file.
  public var details: [String] {
    stretches.sorted { Self.precedes($0.key, $1.key) }.map(\.value.detail)
  }

  /// The first of what is wrong, in the same order.
  public var first: Drift? { stretches.keys.min(by: Self.precedes) }

  private static func precedes(_ a: Drift, _ b: Drift) -> Bool {
    func rank(_ kind: Drift.Kind) -> Int { Drift.Kind.allCases.firstIndex(of: kind) ?? 0 }
    return (rank(a.kind), a.file) < (rank(b.kind), b.file)
  }
}
