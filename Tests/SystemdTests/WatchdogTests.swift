import Core
import Platform
import Testing

@testable import Systemd

@RotationActor @Suite(.timeLimit(.minutes(1))) struct WatchdogTests {
  final class Record: @unchecked Sendable {
    var fed = 0
    var reason: String?
    var withheld: [String] = []
  }

  private func watchdog(_ record: Record, interval: TimeSpan?) -> Watchdog {
    Watchdog(
      interval: interval, feed: { record.fed += 1 }, isHealthy: { record.reason },
      onWithheld: { record.withheld.append($0) })
  }

  @Test func healthyServiceIsFedAndAnUnhealthyOneIsReportedOnce() {
    let record = Record()
    let watchdog = watchdog(record, interval: .seconds(20))
    watchdog.beat()
    #expect(record.fed == 1)
    record.reason = "a roll takes longer than allowed"
    watchdog.beat()
    watchdog.beat()
    #expect(record.fed == 1)
    #expect(record.withheld == ["a roll takes longer than allowed"])
    record.reason = nil
    watchdog.beat()
    #expect(record.fed == 2)
    record.reason = "again"
    watchdog.beat()
    #expect(record.withheld.count == 2)
  }

  @Test func timerFeedsRepeatedlyUntilStopped() async {
    let (events, continuation) = AsyncStream<Void>.makeStream()
    let watchdog = Watchdog(
      interval: .milliseconds(20), feed: { continuation.yield() }, isHealthy: { nil }, onWithheld: { _ in })
    watchdog.start()
    var iterator = events.makeAsyncIterator()
    for _ in 0..<5 { await iterator.next() }
    watchdog.stop()
  }

  @Test func withoutAnIntervalThereIsNoTimer() {
    let record = Record()
    let watchdog = watchdog(record, interval: nil)
    watchdog.start()
    watchdog.stop()
    #expect(record.fed == 0)
  }
}
