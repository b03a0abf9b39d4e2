/// How long to wait before something that failed is tried again: exponential, capped, with full jitter.
///
/// Full jitter: a uniform draw below an exponential ceiling, so that entries that failed together do not come back
/// together; a tenth of the first ceiling is the least, so that a draw near zero does not hammer.
public struct RetryPolicy: Sendable, Equatable {
  /// The ceiling after the first failure.
  public var base: TimeSpan
  /// The highest ceiling.
  public var cap: TimeSpan

  /// A policy whose ceiling begins at `base` and doubles with each failure up to `cap`.
  public init(base: TimeSpan, cap: TimeSpan) {
    self.base = base
    self.cap = cap
  }

  /// A roll that could not be sent or was put off: the old secret is in force, nobody is waiting.
  public static let transient = RetryPolicy(base: .seconds(4), cap: .minutes(15))
  /// A refusal that will not pass by itself.
  public static let refused = RetryPolicy(base: .minutes(5), cap: .hours(6))
  /// Consumers are down, or may be: a cure, the question after an uncertain roll, a publication.
  public static let urgent = RetryPolicy(base: .seconds(1), cap: .minutes(1))

  /// The wait after `failures` failures in a row (1 or more); `retryAfter`, where the API gave it, wins.
  public func delay(failures: Int, random: UInt64, retryAfter: TimeSpan? = nil) -> TimeSpan {
    let doublings = min(max(failures, 1) - 1, 40)
    let (scaled, overflow) = base.microseconds.multipliedReportingOverflow(by: 1 << Int64(doublings))
    let ceiling = overflow ? cap.microseconds : min(scaled, cap.microseconds)
    let floor = base.microseconds / 10
    let draw = TimeSpan(microseconds: floor + Int64(random % UInt64(max(ceiling - floor, 1))))
    guard let retryAfter else { return draw }
    // Those whom the API sends away together come back spread over a tenth of the wait.
    let spread = Int64(random % UInt64(max(retryAfter.microseconds / 10, 1)))
    return max(retryAfter, TimeSpan(microseconds: floor)) + TimeSpan(microseconds: spread)
  }
}
