import Core
import Testing

/// When somebody has to be told that an entry fails.
@Suite struct RollMachineAlarmTests {
  private let moment = Moment(wall: Timestamp(seconds: 1_000), uptime: .seconds(1_000), random: 0)

  private func id(_ number: UInt64) -> RollID { RollID(high: 1, low: number) }

  @Test func whatMayPassByItselfIsToldAfterSomeAttempts() {
    var machine = RollMachine(settleTime: .zero)
    for attempt in 1...RollMachine.patience {
      #expect(machine.alarm == nil)
      _ = machine.handle(.due(id(UInt64(attempt)), .schedule), at: moment)
      _ = machine.handle(.notReady("the disk is full", errno: nil), at: moment)
    }
    #expect(machine.alarm == "the disk is full")
  }

  @Test func aRefusalForGoodIsToldAtOnce() {
    var machine = RollMachine(settleTime: .zero)
    _ = machine.handle(.due(id(1), .schedule), at: moment)
    _ = machine.handle(.prepared(old: .absent), at: moment)
    _ = machine.handle(.notInspected(APIFailure(.refused, "no such token")), at: moment)
    #expect(machine.phase == .failed)
    #expect(machine.alarm == "no such token")
  }

  @Test func aSecretThatReachesNoDestinationIsToldAfterSomeTries() {
    var machine = RollMachine(settleTime: .zero)
    _ = machine.handle(.due(id(1), .schedule), at: moment)
    for event in [RollEvent.prepared(old: .ours), .intentRecorded, .rolled(warning: nil), .escrowed] {
      _ = machine.handle(event, at: moment)
    }
    for _ in 1...RollMachine.patience {
      #expect(machine.alarm == nil)
      _ = machine.handle(.notPublished("the disk is full", errno: nil), at: moment)
    }
    #expect(machine.alarm == "the disk is full")
    _ = machine.handle(.published(narrowed: []), at: moment)
    #expect(machine.alarm == nil)
  }

  @Test func aPublishedSecretThatIsRefusedIsToldAtOnce() {
    var machine = RollMachine(settleTime: .zero)
    _ = machine.handle(.due(id(1), .schedule), at: moment)
    for event in [
      RollEvent.prepared(old: .ours), .intentRecorded, .rolled(warning: nil), .escrowed,
      .published(narrowed: []),
      .standing(.refused("401")), .settled,
    ] { _ = machine.handle(event, at: moment) }
    #expect(machine.phase == .waiting)
    #expect(machine.alarm != nil)
  }
}
