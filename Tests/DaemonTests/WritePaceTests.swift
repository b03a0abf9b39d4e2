import Core
import Testing

@testable import Daemon

/// When the file with the metrics is written.
@Suite struct WritePaceTests {
  private func pace(writtenAt time: Int64? = nil) -> WritePace {
    var pace = WritePace(interval: .minutes(1))
    if let time {
      pace.beginWrite(at: .seconds(time))
      pace.endWrite(isGood: true, at: .seconds(time))
    }
    return pace
  }

  @Test func theFirstChangeIsWrittenAtOnce() {
    var pace = pace()
    #expect(pace.next == nil)
    pace.expectChange(at: .seconds(100))
    #expect(pace.next == .seconds(100))
  }

  @Test func nothingIsWaitedForWithoutAChange() {
    #expect(pace(writtenAt: 100).next == nil)
  }

  @Test func theNextChangesWaitForTheInterval() {
    var pace = pace(writtenAt: 100)
    pace.expectChange(at: .seconds(110))
    pace.expectChange(at: .seconds(120))
    #expect(pace.next == .seconds(160))
  }

  @Test func aChangeAfterTheIntervalIsWrittenAtOnce() {
    var pace = pace(writtenAt: 100)
    pace.expectChange(at: .seconds(500))
    #expect(pace.next == .seconds(500))
  }

  @Test func aChangeAheadIsWaitedForAndNotBroughtForward() {
    var pace = pace(writtenAt: 100)
    pace.expectChange(at: .seconds(400))
    #expect(pace.next == .seconds(400))
    pace.expectChange(at: .seconds(130))
    #expect(pace.next == .seconds(160))
  }

  @Test func aChangeDuringAWriteIsWrittenAfterIt() {
    var pace = pace()
    pace.beginWrite(at: .seconds(100))
    pace.expectChange(at: .seconds(101))
    #expect(pace.next == nil)
    pace.endWrite(isGood: true, at: .seconds(102))
    #expect(pace.next == .seconds(160))
  }

  @Test func aWriteThatFailedIsMadeGood() {
    var pace = pace()
    pace.beginWrite(at: .seconds(100))
    pace.endWrite(isGood: false, at: .seconds(103))
    #expect(pace.next == .seconds(160))
  }
}
