internal import Core

/// How long requests took.
struct Histogram {
  /// The upper ends of the buckets, the last of which has none.
  static let bounds: [TimeSpan] = [100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000].map {
    .milliseconds($0)
  }

  /// How many fell into each bucket, those beyond the last bound at the end.
  private(set) var counts = [Int](repeating: 0, count: bounds.count + 1)
  /// All together.
  private(set) var sum = TimeSpan.zero

  /// Counts a request that took `span`.
  mutating func add(_ span: TimeSpan) {
    counts[Self.bounds.firstIndex { span <= $0 } ?? Self.bounds.count] += 1
    sum = sum + span
  }
}
