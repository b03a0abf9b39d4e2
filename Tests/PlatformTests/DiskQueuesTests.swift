import Core
import Dispatch
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Platform

/// Durable writes of several rolls beside each other, each roll's own in their order.
@Suite(.timeLimit(.minutes(1))) struct DiskQueuesTests {
  private final class Log: Sendable {
    private let lines = Mutex<[String]>([])

    func add(_ line: String) { lines.withLock { $0.append(line) } }

    var all: [String] { lines.withLock(\.self) }
  }

  private static let key = DispatchSpecificKey<Bool>()

  /// Whether the running code is on the rotation queue.
  private static var isOnRotationQueue: Bool {
    RotationActor.shared.queue.setSpecific(key: key, value: true)
    return DispatchQueue.getSpecific(key: key) == true
  }

  @Test func theStepsOfEachCallerFollowEachOther() async {
    let log = Log()
    let queues = await DiskQueues()
    let tasks = (0..<40).map { roll in
      RotationActor.task {
        for step in 0..<5 {
          try? await queues.run { () throws(SystemError) in log.add("\(roll) begins \(step)") }
          log.add("\(roll) has done \(step)")
        }
      }
    }
    for task in tasks { await task.value }
    for roll in 0..<40 {
      let own = log.all.filter { $0.hasPrefix("\(roll) ") }
      #expect(own == (0..<5).flatMap { ["\(roll) begins \($0)", "\(roll) has done \($0)"] })
    }
  }

  @Test func severalWaitForTheDiskSideBySide() async throws {
    let queues = await DiskQueues()
    let (here, there) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    // Each waits for the other to have begun; the rotation queue goes on meanwhile.
    let first = RotationActor.task {
      try? await queues.run { () throws(SystemError) in
        here.signal()
        return there.wait(timeout: .now() + 30) == .success
      }
    }
    let second = RotationActor.task {
      try? await queues.run { () throws(SystemError) in
        there.signal()
        return here.wait(timeout: .now() + 30) == .success
      }
    }
    #expect(await first.value == true)
    #expect(await second.value == true)
  }

  @Test func aCallerThatIsAloneKeepsTheRotationQueue() async {
    let queues = await DiskQueues()
    let places = await RotationActor.task {
      queues.isAlone = { true }
      let alone = try? await queues.run { () throws(SystemError) in Self.isOnRotationQueue }
      queues.isAlone = { false }
      let among = try? await queues.run { () throws(SystemError) in Self.isOnRotationQueue }
      return [alone, among]
    }.value
    #expect(places == [true, false])
  }

  #if DEBUG
    /// One disk fails; the words and what is left are those of a write on the rotation queue itself.
    @Test(arguments: [Syscall.pwrite, .fsync, .renameat], [EIO, ENOSPC])
    func aFailureHitsItsOwnRollAlone(call: Syscall, code: Int32) async throws {
      let directory = try TemporaryDirectory(in: "/dev/shm")
      let path = try directory.makeDirectory("published")
      for name in ["hit", "spared"] { try directory.write("published/\(name)", "old", mode: 0o600) }
      let expected = SyscallFaults.$current.withValue(SyscallFaults(.init(call, .fails(code)))) {
        Self.failure { () throws(SystemError) in try Self.publish(path + "/hit") }
      }
      let queues = await DiskQueues()
      let hit = SyscallFaults.$current.withValue(SyscallFaults(.init(call, .fails(code)))) {
        RotationActor.task { await Self.publish(path + "/hit", queues) }
      }
      let spared = RotationActor.task { await Self.publish(path + "/spared", queues) }
      let failure = try #require(await hit.value)
      #expect(failure.code == code)
      #expect(Self.withoutNumbers(failure) == Self.withoutNumbers(try #require(expected)))
      #expect(await spared.value == nil)
      #expect(TemporaryDirectory.contents(path + "/hit") == "old")
      #expect(TemporaryDirectory.contents(path + "/spared") == "new")
      #expect(TemporaryDirectory.names(path) == ["hit", "spared"])
    }

    private static func publish(_ path: String) throws(SystemError) {
      let file = try AtomicFile(preparing: FileSpecification(path: path, mode: 0o600), capacity: 16)
      try commit(file)
    }

    private static func commit(_ file: AtomicFile) throws(SystemError) {
      let secret = Secret(count: 3) { $0.copyBytes(from: "new".utf8) }
      _ = try secret.withBytes { (bytes) throws(SystemError) in try file.commit(bytes) }
    }

    /// As `publish`, with the commit beside the rotation queue; returns the failure.
    @RotationActor private static func publish(_ path: String, _ queues: DiskQueues) async -> SystemError? {
      do throws(SystemError) {
        let file = try AtomicFile(preparing: FileSpecification(path: path, mode: 0o600), capacity: 16)
        try await queues.run { () throws(SystemError) in try commit(file) }
        return nil
      } catch {
        return error
      }
    }

    private static func failure(_ body: () throws(SystemError) -> Void) -> SystemError? {
      do throws(SystemError) {
        try body()
        return nil
      } catch {
        return error
      }
    }

    /// Without the random part of a temporary's name.
    private static func withoutNumbers(_ error: SystemError) -> String {
      error.description.replacing(/[0-9a-f]{16}/, with: "")
    }
  #endif
}
