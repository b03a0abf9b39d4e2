import Core
import Platform
import TestSupport
import Testing

@testable import Store

/// What several rolls ask for in one turn of the queue becomes durable together, and fails by itself.
@Suite(.timeLimit(.minutes(1))) struct CommitGroupTests {
  private static let machine = "0123456789abcdef0123456789abcdef"
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory(in: "/dev/shm") }

  /// A store with `count` tokens, and what happened in what order.
  @RotationActor private final class Scene {
    let store: RollStore
    let group: CommitGroup
    let rows: [Int64]
    var log: [String] = []

    init(_ directory: String, count: Int) throws {
      store = try RollStore(directory: directory, machineID: machine)
      rows = try store.enroll((0..<count).map { ("account", "\($0)") }, at: Timestamp(seconds: 7)).map(\.row)
      group = CommitGroup(store)
    }

    nonisolated static func roll(_ number: Int) -> UnsettledRoll {
      UnsettledRoll(
        id: RollID(high: 1, low: UInt64(number)), cause: .schedule, startedAt: Timestamp(seconds: 1_000))
    }

    /// Records an intent, after `before` and ahead of `after`; returns the failure.
    func record(
      _ number: Int, row: Int64? = nil,
      before: @escaping @RotationActor (Scene) throws(StoreError) -> Void = { _ in },
      after: @escaping @RotationActor (Scene) throws(StoreError) -> Void = { _ in }
    ) async -> StoreError? {
      do throws(StoreError) {
        try await group.commit { (store) throws(StoreError) in
          try before(self)
          try store.recordIntent(
            Scene.roll(number), token: row ?? self.rows[number], entry: "entry-\(number)", credential: "main")
          self.log.append("change \(number)")
          try after(self)
        } then: { _ in
          self.log.append("durable \(number)")
        }
        log.append("goes on \(number)")
        return nil
      } catch {
        log.append("failed \(number)")
        return error
      }
    }
  }

  /// The rolls that another program finds in the database.
  private func found() throws -> [RollID] {
    try RollStore(directory: directory.path, machineID: Self.machine).unsettled().map(\.roll.id).sorted {
      "\($0)" < "\($1)"
    }
  }

  private func ids(_ numbers: [Int]) -> [RollID] { numbers.map { Scene.roll($0).id } }

  /// What all of them returned that were begun in one turn.
  @RotationActor private static func together(
    _ bodies: [@RotationActor @Sendable () async -> StoreError?]
  ) async -> [StoreError?] {
    let tasks = bodies.map { body in RotationActor.task { await body() } }
    var failures: [StoreError?] = []
    for task in tasks { failures.append(await task.value) }
    return failures
  }

  @Test func whatIsReadyInOneTurnIsCommittedTogetherAndInOrder() async throws {
    let scene = try await Scene(directory.path, count: 3)
    // The last of them sees that nothing of the others is in the file yet.
    let path = directory.path
    let failures = await Self.together([
      { await scene.record(0) }, { await scene.record(1) },
      {
        await scene.record(2) { (scene) throws(StoreError) in
          let beside = try Database(path: path + "/" + RollStore.fileName, access: .readOnly)
          scene.log.append("in the file \(try beside.integer("SELECT count(*) FROM intents"))")
        }
      },
    ])
    #expect(failures == [nil, nil, nil])
    #expect(
      await scene.log == [
        "change 0", "change 1", "in the file 0", "change 2", "durable 0", "durable 1", "durable 2",
        "goes on 0",
        "goes on 1", "goes on 2",
      ])
    #expect(try found() == ids([0, 1, 2]))
  }

  @Test func oneThatFailsLeavesTheOthersAlone() async throws {
    let scene = try await Scene(directory.path, count: 3)
    let failures = await Self.together([
      { await scene.record(0) }, { await scene.record(1, row: 99) }, { await scene.record(2) },
    ])
    #expect(failures[0] == nil && failures[2] == nil)
    #expect(failures[1]?.description.contains("FOREIGN KEY") == true)
    #expect(await scene.log.contains("failed 1"))
    #expect(await !scene.log.contains("durable 1"))
    #expect(try found() == ids([0, 2]))
  }

  @Test func whatAFailedChangeHadWrittenIsTakenBackByItself() async throws {
    let scene = try await Scene(directory.path, count: 2)
    let broken = StoreError(.failed, "broken off")
    let failures = await Self.together([
      { await scene.record(0) },
      {
        await scene.record(1) { (scene) throws(StoreError) in
          try scene.store.database.transaction { () throws(StoreError) in
            try scene.store.database.execute("UPDATE tokens SET failures = 9")
            throw broken
          }
        }
      },
    ])
    #expect(failures == [nil, broken])
    #expect(try found() == ids([0]))
    let tokens = try RollStore(directory: directory.path, machineID: Self.machine).tokens()
    #expect(tokens.map(\.failures) == [0, 0])
  }

  /// A change that fails alone fails with the same words among others.
  @Test func aFailureIsTheSameAloneAndTogether() async throws {
    let scene = try await Scene(directory.path, count: 2)
    let alone = await scene.record(1, row: 99)
    let failures = await Self.together([{ await scene.record(0) }, { await scene.record(1, row: 99) }])
    #expect(alone != nil)
    #expect(failures == [nil, alone])
  }

  @Test func aCommitThatFailsFailsAllAndKeepsNothing() async throws {
    let scene = try await Scene(directory.path, count: 3)
    let failures = await Self.together([
      { await scene.record(0) },
      {
        // Found out by COMMIT alone (sqlite.org/foreignkeys.html, 4.2).
        await scene.record(1, row: 99) { (scene) throws(StoreError) in
          try scene.store.database.execute("PRAGMA defer_foreign_keys = ON")
        }
      },
      { await scene.record(2) },
    ])
    #expect(failures.allSatisfy { $0?.description.contains("FOREIGN KEY") == true })
    #expect(await scene.log.suffix(3) == ["failed 0", "failed 1", "failed 2"])
    #expect(await !scene.log.contains { $0.hasPrefix("durable") || $0.hasPrefix("goes on") })
    #expect(try found() == [])
    // The next one is not hindered by it.
    #expect(await scene.record(0) == nil)
    #expect(try found() == ids([0]))
  }

  /// As a full disk does: the transaction is gone, and what comes after must not be committed without the rest.
  @Test func aTransactionThatIsTakenBackAsAWholeFailsAll() async throws {
    let scene = try await Scene(directory.path, count: 3)
    let full = StoreError(.failed, "the disk is full")
    let failures = await Self.together([
      { await scene.record(0) },
      {
        await scene.record(1) { (scene) throws(StoreError) in
          try scene.store.database.execute("ROLLBACK")
          throw full
        }
      },
      { await scene.record(2) },
    ])
    #expect(failures == [full, full, full])
    #expect(await !scene.log.contains("change 2"))
    #expect(try found() == [])
    #expect(await scene.record(2) == nil)
    #expect(try found() == ids([2]))
  }
}
