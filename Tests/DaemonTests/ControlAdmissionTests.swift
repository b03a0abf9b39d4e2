import Core
import Testing

@testable import Daemon

/// Who makes room when all places at the socket are taken.
@Suite struct ControlAdmissionTests {
  private func occupant(_ mayChange: Bool, _ isIdle: Bool, _ second: Int64) -> ControlAdmission.Occupant {
    ControlAdmission.Occupant(mayChange: mayChange, isIdle: isIdle, lastActive: .seconds(second))
  }

  @Test func theLongestIdleGoes() {
    let occupants = [occupant(false, true, 5), occupant(false, true, 3), occupant(false, false, 1)]
    #expect(ControlAdmission.victim(occupants, newcomerMayChange: false) == 1)
    #expect(ControlAdmission.victim(occupants, newcomerMayChange: true) == 1)
  }

  @Test func aReaderDrivesNoOperatorOut() {
    let occupants = [occupant(true, true, 1), occupant(true, false, 1), occupant(false, false, 1)]
    #expect(ControlAdmission.victim(occupants, newcomerMayChange: false) == nil)
  }

  @Test func readersCannotKeepAnOperatorOut() {
    let readers = (0..<ControlAdmission.limit).map { occupant(false, false, Int64(100 - $0)) }
    #expect(ControlAdmission.victim(readers, newcomerMayChange: true) == readers.count - 1)
    #expect(ControlAdmission.victim(readers, newcomerMayChange: false) == nil)
    let operators = [occupant(true, false, 1), occupant(true, false, 2)]
    #expect(ControlAdmission.victim(operators, newcomerMayChange: true) == nil)
    #expect(ControlAdmission.victim(operators + [occupant(true, true, 9)], newcomerMayChange: true) == 2)
  }
}
