import Core

@testable import Daemon

extension ServiceMetrics {
  /// Those of a service with an entry, a credential, a pause and a request.
  static var sample: ServiceMetrics {
    var metrics = ServiceMetrics(
      isRunning: true, startedAt: Timestamp(seconds: 1_000), isClockTrusted: true,
      lastReload: LastReload(isAccepted: false, time: Timestamp(seconds: 2_000)), requestLimit: 1_200)
    metrics.entriesByState = [.waiting: 1]
    metrics.uncertain = 1
    metrics.unpublished = 2
    metrics.unready = 3
    (metrics.deletions, metrics.undeleted) = (8, 9)
    metrics.deletionFailingSince = Timestamp(seconds: 2_500)
    metrics.drifted = 6
    metrics.ending = 7
    metrics.unreloaded = 5
    metrics.failedPrograms = 6
    metrics.paused = 4
    metrics.pauses = [("", Timestamp(seconds: 3_000)), ("dns", Timestamp(seconds: 4_000))]
    metrics.entries = [
      EntryNumbers(
        name: "dns", isHealthy: true, failures: 0, lastAttempt: Timestamp(seconds: 5_000),
        lastSuccess: Timestamp(microseconds: 5_001_999_999), nextDue: Timestamp(seconds: 6_000),
        replacementDue: Timestamp(seconds: 7_000), verified: Timestamp(seconds: 5_500))
    ]
    metrics.credentials = [CredentialNumbers(name: "main", requestsLeft: 1_199, requestsWaiting: 5)]
    metrics.rolls = [.settled: 6]
    metrics.requests = [.roll: [.succeeded: 7]]
    var histogram = Histogram()
    for milliseconds in [100, 101, 31_000] as [Int64] { histogram.add(.milliseconds(milliseconds)) }
    metrics.latencies = [.roll: histogram]
    metrics.events = [.rollSettled: 8]
    return metrics
  }
}
