import Configuration
import Core
import Platform
import Store
import Synchronization
import TestSupport
import Testing

@testable import Daemon

/// The queue over a real store; a stand-in decides what becomes of each program.
@RotationActor @Suite(.timeLimit(.minutes(1))) struct ProgramQueueTests {
  private static let machine = "0123456789abcdef0123456789abcdef"
  private let directory: TemporaryDirectory
  private let clock = SystemClock()
  private let events = Events()
  private let token: Int64

  init() throws {
    directory = try TemporaryDirectory(in: "/dev/shm")
    token = try #require(
      try Self.store(directory).enroll([("account", "a")], at: Timestamp(seconds: 7)).first
    ).row
  }

  private static func store(_ directory: TemporaryDirectory) throws(StoreError) -> RollStore {
    try RollStore(directory: directory.path, machineID: machine)
  }

  /// The events so far, to wait for.
  private final class Events: EventSink {
    let (stream, continuation) = AsyncStream<Event>.makeStream()
    func record(_ event: Event) { continuation.yield(event) }

    func next(_ kind: EventKind) async throws -> Event {
      try #require(await stream.first { $0.kind == kind })
    }
  }

  private var entry: Entry {
    Entry(
      name: "edge", accountID: "account", tokenID: "a", credential: "main",
      schedule: Schedule(.every(.days(1))),
      publish: [Destination(file: "/srv/a")],
      run: [Program(command: ["/a", "x y"]), Program(command: ["/b"], readsSecret: true)])
  }

  private func queue(_ run: @escaping ProgramQueue.Run) throws -> ProgramQueue {
    let queue = ProgramQueue(
      store: try Self.store(directory), log: events, clock: clock, health: Health(clock: clock), run: run)
    queue.subject = { [entry] _ in ProgramRunner.Subject(entry: entry) }
    try queue.load()
    return queue
  }

  private func debts(_ roll: UInt64 = 1) -> [ProgramDebt] {
    entry.debts(on: .published, token: token, roll: RollID(high: 1, low: roll))
  }

  private func kept() throws -> [ProgramPlan.Item] { try Self.store(directory).programs() }

  private static func exit(_ status: Int32) -> Result<ChildProcess.Outcome, SystemError> {
    .success(ChildProcess.Outcome(ending: .exited(status), wasTerminated: false))
  }

  @Test func whatIsOwedOutlivesTheServiceAndIsRunInOrder() async throws {
    let first = try queue { _, _, _ in Self.exit(0) }
    // It is stopped before it has run anything.
    try first.owe(debts())
    #expect(try kept().map(\.debt) == debts())

    let second = try queue { _, _, _ in Self.exit(0) }
    #expect(second.isBusy)
    second.start()
    for program in ["/a 'x y'", "/b"] {
      let event = try await events.next(.actionFinished)
      #expect(event.program == program)
      #expect(event.entry == "edge")
      #expect(event.exitStatus == 0)
      #expect(event.rollID == debts()[0].roll?.description)
    }
    #expect(try kept().isEmpty)
    #expect(!second.isBusy)
  }

  @Test func theNewSecretIsHandedOverUntilTheProgramsHaveRun() async throws {
    let secret = Array("a new secret".utf8).withUnsafeBytes { Secret(copying: $0) }
    let received = Mutex<[Bool]>([])
    let queue = try queue { _, _, subject in
      received.withLock { $0.append(subject.secret?.equals(secret) == true) }
      return Self.exit(0)
    }
    queue.start()
    try queue.owe(debts(), secret: secret)
    for _ in 1...2 { _ = try await events.next(.actionFinished) }
    // Later there is none but that of the destinations.
    try queue.owe(debts(2))
    for _ in 1...2 { _ = try await events.next(.actionFinished) }
    #expect(received.withLock { $0 } == [true, true, false, false])
  }

  @Test func aProgramThatAStopEndsIsOwedStill() async throws {
    let queue = try queue { _, _, _ in
      // As `ChildProcess` does it: it ends when its task is cancelled.
      let (stream, continuation) = AsyncStream<Void>.makeStream()
      await withTaskCancellationHandler {
        for await _ in stream {}
      } onCancel: {
        continuation.finish()
      }
      return .success(ChildProcess.Outcome(ending: .signalled(15), wasTerminated: true))
    }
    queue.start()
    try queue.owe(debts())
    _ = try await events.next(.actionStarted)
    queue.stop()
    await queue.finish(by: clock.bootTime)
    #expect(try await events.next(.actionFailed).message.hasSuffix("it is run again after the next start."))
    #expect(try kept() == debts().map { ProgramPlan.Item(debt: $0) })
    #expect(queue.failing == 0)
  }

  @Test func aProgramThatWasSignalledWithTheServiceIsOwedStill() async throws {
    let (stream, continuation) = AsyncStream<Void>.makeStream()
    let queue = try queue { _, _, _ in
      for await _ in stream {}
      return .success(ChildProcess.Outcome(ending: .signalled(15), wasTerminated: false))
    }
    queue.start()
    try queue.owe(debts())
    _ = try await events.next(.actionStarted)
    queue.stop()
    continuation.finish()
    await queue.finish(by: clock.bootTime + .minutes(1))
    #expect(try await events.next(.actionFailed).message.hasSuffix("it is run again after the next start."))
    #expect(try kept() == debts().map { ProgramPlan.Item(debt: $0) })
  }

  @Test func aStopWithoutAProgramWaitsForNothing() async throws {
    let queue = try queue { _, _, _ in Self.exit(0) }
    queue.start()
    queue.stop()
    await queue.finish(by: clock.bootTime)
  }

  @Test(arguments: [
    (ChildProcess.Ending.exited(0), false, "exit status 0", true),
    (.exited(3), false, "exit status 3", false),
    (.signalled(9), false, "killed by signal 9", false),
    (.exited(0), true, "ended after its time limit of 1min", false),
  ]) func anEndIsJudged(_ ending: ChildProcess.Ending, _ wasTerminated: Bool, _ words: String, _ isGood: Bool)
  {
    let result = ProgramQueue.judge(
      .success(ChildProcess.Outcome(ending: ending, wasTerminated: wasTerminated)), Program(command: ["/a"]))
    #expect(result.words == words)
    #expect(result.isGood == isGood)
  }
}
