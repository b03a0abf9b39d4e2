internal import Core

/// When to write a file that follows changes: at once after the first, but at most once in each interval.
struct WritePace {
  var interval: TimeSpan
  private var lastWrite: TimeSpan?
  /// When there is something new to be written; nil where nothing is known of.
  private var changesAt: TimeSpan?
  private var isWriting = false

  init(interval: TimeSpan) { self.interval = interval }

  /// When the next write is to begin; nil where there is nothing to wait for.
  var next: TimeSpan? {
    guard !isWriting, let changesAt else { return nil }
    return max(changesAt, lastWrite.map { $0 + interval } ?? changesAt)
  }

  /// Notes that something changes at `bootTime`.
  mutating func expectChange(at bootTime: TimeSpan) { changesAt = min(changesAt ?? bootTime, bootTime) }

  /// Notes that what there is at `bootTime` is being written.
  mutating func beginWrite(at bootTime: TimeSpan) {
    isWriting = true
    lastWrite = bootTime
    changesAt = nil
  }

  /// Notes that the write is over; one that failed is made good.
  mutating func endWrite(isGood: Bool, at bootTime: TimeSpan) {
    isWriting = false
    if !isGood { expectChange(at: bootTime) }
  }
}
