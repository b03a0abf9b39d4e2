import Glibc
import TestSupport
import Testing

@testable import Platform

@Suite(.timeLimit(.minutes(1))) struct DescriptorWatchTests {
  @Test func descriptorIsClosedWhenTheWatchIsLetGo() async throws {
    let (reading, writing) = try Syscalls.pipe()
    let writer = FileDescriptor(owning: writing)
    let reader = FileDescriptor(owning: reading)
    let watch = try await DescriptorWatch(reader) {}
    var request = pollfd(fd: writer.rawValue, events: 0, revents: 0)
    #expect(poll(&request, 1, 0) == 0)
    withExtendedLifetime(consume watch) {}
    // An error, once nobody can read any more (poll(2)).
    #expect(poll(&request, 1, 10_000) == 1)
    #expect(request.revents & Int16(POLLERR) != 0)
  }

  /// Waits until a pipe that is watched has been hung up, as often as is said, and returns how often that was told.
  @RotationActor private static func hangUps(_ count: Int) async throws -> Int {
    var told = 0
    for _ in 0..<count {
      let (reading, writing) = try Syscalls.pipe()
      let reader = FileDescriptor(owning: reading)
      var writer: FileDescriptor? = FileDescriptor(owning: writing)
      let (events, continuation) = AsyncStream<Void>.makeStream()
      let watch = try DescriptorWatch(reader) { continuation.yield() }
      writer = nil
      var iterator = events.makeAsyncIterator()
      await iterator.next()
      withExtendedLifetime((watch, writer == nil)) { told += 1 }
    }
    return told
  }

  /// The masks with which epoll instances of this process watch `descriptor` (proc(5), /proc/PID/fdinfo).
  private static func masks(watching descriptor: Int32) -> [UInt32] {
    TemporaryDirectory.names("/proc/self/fdinfo").flatMap { number in
      (TemporaryDirectory.contents("/proc/self/fdinfo/\(number)") ?? "").split(separator: "\n").compactMap {
        line in
        let words = line.split(separator: " ")
        guard words.count > 3, words[0] == "tfd:", words[1] == "\(descriptor)" else { return nil }
        return UInt32(words[3], radix: 16)
      }
    }
  }

  @Test @RotationActor func dispatchItselfDoesNotSeeTheDescriptor() async throws {
    let (reading, writing) = try Syscalls.pipe()
    let writer = FileDescriptor(owning: writing)
    let (events, continuation) = AsyncStream<Void>.makeStream()
    let watch = try DescriptorWatch(FileDescriptor(owning: reading)) { continuation.yield() }
    _ = try withUnsafeBytes(of: UInt8(0)) { try Syscalls.write(writing, $0) }
    var iterator = events.makeAsyncIterator()
    await iterator.next()
    // Dispatch asks for one event at a time.
    let oneShot = UInt32(1) << 30
    let masks = Self.masks(watching: watch.rawValue)
    #expect(masks.count == 1)
    #expect(masks.allSatisfy { $0 & oneShot == 0 })
    withExtendedLifetime((watch, writer.rawValue)) {}
  }

  @Test func hangUpIsToldWhateverElseIsWatched() async throws {
    let tasks = (0..<16).map { _ in Task { try await Self.hangUps(200) } }
    for task in tasks { #expect(try await task.value == 200) }
  }

  #if DEBUG
    @Test(arguments: [Syscall.epollCreate, .epollCtl]) func watchThatCannotBeMadeClosesItsDescriptor(
      call: Syscall
    )
      async throws
    {
      let (reading, writing) = try Syscalls.pipe()
      let writer = FileDescriptor(owning: writing)
      await SyscallFaults.$current.withValue(SyscallFaults(.init(call, .fails(ENOSPC)))) {
        await #expect(throws: Errno(ENOSPC)) {
          try await DescriptorWatch(FileDescriptor(owning: reading)) {}
        }
      }
      var request = pollfd(fd: writer.rawValue, events: 0, revents: 0)
      #expect(poll(&request, 1, 0) == 1)
    }
  #endif
}
