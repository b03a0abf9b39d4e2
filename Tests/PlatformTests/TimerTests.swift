import Core
import Glibc
import TestSupport
import Testing

@testable import Platform

/// Timers and sources on the real queue; what is waited for is their handler, never a span of time.
@RotationActor @Suite(.serialized, .timeLimit(.minutes(1))) struct TimerTests {
  /// Runs `arm` with a handler and returns when the handler was called.
  private func fires(_ arm: @RotationActor (@escaping @RotationActor @Sendable () -> Void) throws -> Void)
    async throws
  {
    let (events, continuation) = AsyncStream<Void>.makeStream()
    try arm { continuation.yield() }
    var iterator = events.makeAsyncIterator()
    await iterator.next()
  }

  @Test(arguments: [0, 20, -1_000_000_000] as [Int64]) func wakeTimerFiresWhenTheInstantComes(delay: Int64)
    async throws
  {
    let clock = SystemClock()
    let due = clock.now + .milliseconds(delay)
    var timer: WakeTimer?
    try await fires { handler in
      timer = WakeTimer(handler: handler)
      timer?.schedule(at: due)
      #expect(timer?.deadline == due)
    }
    #expect(clock.now > due || clock.now == due)
    #expect(timer?.deadline == nil)
  }

  @Test(arguments: [Int64.min, .max]) func extremeInstantsAreTaken(microseconds: Int64) async throws {
    let timer = WakeTimer {}
    timer.schedule(at: Timestamp(microseconds: microseconds))
    timer.cancel()
    #expect(timer.deadline == nil)
  }

  @Test func laterScheduleReplacesTheEarlier() async throws {
    let clock = SystemClock()
    var timer: WakeTimer?
    let due = clock.now + .milliseconds(30)
    try await fires { handler in
      timer = WakeTimer(handler: handler)
      timer?.schedule(at: clock.now)
      timer?.schedule(at: due)
    }
    #expect(!(clock.now < due))
    withExtendedLifetime(timer) {}
  }

  @Test(arguments: [0, 20, -1_000_000_000] as [Int64]) func bootTimerFiresAfterTheDelay(delay: Int64)
    async throws
  {
    let clock = SystemClock()
    let due = clock.bootTime + .milliseconds(delay)
    var timer: BootTimer?
    try await fires { handler in
      timer = try BootTimer(handler: handler)
      try timer?.schedule(at: due)
    }
    #expect(!(clock.bootTime < due))
    #expect(timer?.deadline == nil)
  }

  @Test func cancelledTimersDoNotFire() async throws {
    let clock = SystemClock()
    let wake = WakeTimer { Issue.record("fired") }
    let boot = try BootTimer { Issue.record("fired") }
    wake.schedule(at: clock.now)
    try boot.schedule(at: clock.bootTime)
    wake.cancel()
    boot.cancel()
    // A later timer fires, so the earlier ones have had their turn.
    var last: BootTimer?
    try await fires { handler in
      last = try BootTimer(handler: handler)
      try last?.schedule(at: clock.bootTime + .milliseconds(20))
    }
    withExtendedLifetime((wake, boot, last)) {}
  }

  @Test func signalsArriveAsEventsOnceActivated() async throws {
    let (events, continuation) = AsyncStream<Int32>.makeStream()
    let source = SignalSource([SIGUSR1, SIGUSR2]) { continuation.yield($0) }
    await source.activate()
    var iterator = events.makeAsyncIterator()
    kill(getpid(), SIGUSR2)
    #expect(await iterator.next() == SIGUSR2)
    kill(getpid(), SIGUSR1)
    #expect(await iterator.next() == SIGUSR1)
    withExtendedLifetime(source) {}
  }

  @Test func sourceThatIsNeverActivatedIsLetGo() {
    withExtendedLifetime(SignalSource([SIGUSR1]) { _ in }) {}
  }

  @Test func quietClockIsNothing() throws {
    let timer = try Syscalls.timerfdCreate(CLOCK_REALTIME)
    #expect(try ClockWatch.arm(timer.rawValue) == .nothing)
    #expect(try ClockWatch.read(timer.rawValue) == .nothing)
  }

  #if DEBUG
    @Test func cancelledTimerIsAClockStepAndIsArmedAnew() throws {
      let timer = try Syscalls.timerfdCreate(CLOCK_REALTIME)
      let faults = SyscallFaults(.init(.read, .fails(ECANCELED)))
      try SyscallFaults.$current.withValue(faults) {
        let first = try ClockWatch.read(timer.rawValue)
        #expect(first == .clockWasSet)
        #expect(faults.count(of: .timerfdSettime) == 1)
        let second = try ClockWatch.read(timer.rawValue)
        #expect(second == .nothing)
        #expect(faults.count(of: .timerfdSettime) == 1)
      }
    }

    @Test func stepWhileArmingIsNotMissed() throws {
      let timer = try Syscalls.timerfdCreate(CLOCK_REALTIME)
      let faults = SyscallFaults(.init(.timerfdSettime, .failsAfterEffect(ECANCELED)))
      try SyscallFaults.$current.withValue(faults) {
        let reading = try ClockWatch.arm(timer.rawValue)
        #expect(reading == .clockWasSet)
      }
    }

    @Test func watchThatCannotBeMadeSaysSo() {
      SyscallFaults.$current.withValue(SyscallFaults(.init(.timerfdCreate, .fails(EMFILE)))) {
        #expect {
          try ClockWatch {}
        } throws: { ($0 as? SystemError)?.code == EMFILE }
      }
    }
  #endif

  /// Sets the machine's clock to what it shows, where that is asked for and allowed.
  @Test(.enabled(if: getenv("TOKENROLL_TEST_CLOCK_STEP") != nil)) func realStepIsToldEachTime() async throws {
    let (events, continuation) = AsyncStream<Void>.makeStream()
    let watch = try ClockWatch { continuation.yield() }
    var iterator = events.makeAsyncIterator()
    for _ in 0..<3 {
      var now = timespec()
      try #require(clock_gettime(CLOCK_REALTIME, &now) == 0 && clock_settime(CLOCK_REALTIME, &now) == 0)
      await iterator.next()
    }
    watch.cancel()
  }
}
