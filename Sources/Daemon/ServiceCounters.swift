internal import Core
internal import Platform

/// What is counted from the start of the service on, for monitoring.
@RotationActor final class ServiceCounters {
  /// Rolls that came to an end, as the history has them.
  private(set) var rolls: [RollOutcome: Int] = [:]
  /// Requests to the API by what came of them.
  private(set) var requests: [APICall: [APIResult: Int]] = [:]
  /// How long they took, whatever came of them.
  private(set) var latencies: [APICall: Histogram] = [:]

  func count(_ outcome: RollOutcome) { rolls[outcome, default: 0] += 1 }

  func count(_ call: APICall, _ result: APIResult, took span: TimeSpan) {
    requests[call, default: [:]][result, default: 0] += 1
    latencies[call, default: Histogram()].add(span)
  }
}
