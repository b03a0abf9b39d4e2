import Core
import Glibc
import Platform
import Testing

@testable import Daemon

/// A connection with one end in the hands of the test.
@RotationActor @Suite struct ControlConnectionTests {
  private func pair() throws -> (near: Int32, far: Int32) {
    var ends: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    try Syscalls.setNonblocking(ends[0])
    return (ends[0], ends[1])
  }

  @Test func whoNeverReadsIsCutOffAtTheLimit() throws {
    let (near, far) = try pair()
    var closed = 0
    let connection = try ControlConnection(
      FileDescriptor(owning: near), peer: ControlPeer(process: 0, user: 0), clock: SystemClock(),
      onCall: { _ in },
      onClose: { _ in closed += 1 })
    let message = [UInt8](repeating: 65, count: 10_000)
    var count = 0
    while connection.isOpen, count < 1_000 {
      message.withUnsafeBytes { connection.send($0) }
      count += 1
    }
    #expect(!connection.isOpen)
    #expect(closed == 1)
    // What the kernel holds (wmem_default and a little), and the limit.
    let most = ControlConnection.outputLimit / message.count
    #expect(count > most && count < most + 60, "\(count)")
    close(far)
  }

  @Test func whoIsGoneIsForgottenAtTheNextMessage() throws {
    SignalSource.ignoreBrokenPipes()
    let (near, far) = try pair()
    let connection = try ControlConnection(
      FileDescriptor(owning: near), peer: ControlPeer(process: 0, user: 0), clock: SystemClock(),
      onCall: { _ in }, onClose: { _ in })
    close(far)
    [UInt8](repeating: 65, count: 10).withUnsafeBytes { connection.send($0) }
    #expect(!connection.isOpen)
  }
}
