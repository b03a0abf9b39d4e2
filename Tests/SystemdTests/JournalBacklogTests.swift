import Core
import Glibc
import Platform
import Synchronization
import Testing

@testable import Systemd

@Suite struct JournalBacklogTests {
  /// A journal that takes messages, or does not, as a test says; and the retries that were planned.
  private final class World: Sendable {
    struct State {
      var room = 0
      var taken: [[String]] = []
      var planned: [@Sendable () -> Void] = []
    }
    let state = Mutex(State())

    struct StoppedClock: Platform.Clock {
      let now = Timestamp(seconds: 1_795_575_215)
      let bootTime = TimeSpan.zero
    }

    func journal() -> Journal {
      Journal(
        otherwise: { _ in false },
        backlog: JournalBacklog(
          send: { assignments in
            self.state.withLock { state in
              guard state.room > 0 else { return -ECONNREFUSED }
              state.room -= 1
              state.taken.append(assignments)
              return 0
            }
          }, clock: StoppedClock(),
          later: { body in self.state.withLock { $0.planned.append(body) } }))
    }

    func giveRoom(_ room: Int) { state.withLock { $0.room = room } }

    /// Carries out the retries that are planned by now; returns how many those were.
    func retry() -> Int {
      let planned = state.withLock { state in
        defer { state.planned = [] }
        return state.planned
      }
      for body in planned { body() }
      return planned.count
    }

    /// The texts of what the journal took.
    var messages: [String] {
      state.withLock { $0.taken }.compactMap { $0.first.map { String($0.dropFirst("MESSAGE=".count)) } }
    }
  }

  private static let notice = "the journal took no message since 2026-11-25T02:53:35Z; "

  @Test func messagesFollowInOrderOnceTheJournalIsBack() {
    let world = World()
    let journal = world.journal()
    for text in ["one", "two"] { journal.record(Event(.serviceReady, text)) }
    #expect(world.messages.isEmpty)
    world.giveRoom(.max)
    journal.record(Event(.serviceReady, "three"))
    let head = Self.notice + "2 from that time follow, with the time of each in TOKENROLL_TIME"
    #expect(world.messages == [head, "one", "two", "three"])
    let times = world.state.withLock { $0.taken }.map { taken in
      taken.filter { $0.hasPrefix("TOKENROLL_TIME=") }
    }
    let time = ["TOKENROLL_TIME=2026-11-25T02:53:35.000000Z"]
    #expect(times == [[], time, time, []])
  }

  @Test func journalIsAskedAgainWithoutAnotherMessage() {
    let world = World()
    world.journal().record(Event(.serviceReady, "one"))
    #expect(world.retry() == 1)
    #expect(world.messages.isEmpty)
    world.giveRoom(.max)
    #expect(world.retry() == 1)
    #expect(world.messages.count == 2)
    // Nothing is held any more, so nobody asks.
    #expect(world.retry() == 0)
  }

  @Test func onlyOneRetryIsPlannedAtATime() {
    let world = World()
    let journal = world.journal()
    for _ in 0..<5 { journal.record(Event(.serviceReady, "x")) }
    #expect(world.retry() == 1)
  }

  @Test func whatTheJournalDidNotTakeStaysInOrder() {
    let world = World()
    let journal = world.journal()
    for text in ["one", "two", "three"] { journal.record(Event(.serviceReady, text)) }
    // The notice and the first message.
    world.giveRoom(2)
    #expect(world.retry() == 1)
    #expect(world.messages.last == "one")
    world.giveRoom(.max)
    #expect(world.retry() == 1)
    #expect(world.messages.filter { !$0.hasPrefix(Self.notice) } == ["one", "two", "three"])
  }

  @Test func oldestAreDroppedAndCountedBeyondTheLimit() {
    let world = World()
    let journal = world.journal()
    for number in 0..<(JournalBacklog.limit + 1) { journal.record(Event(.serviceReady, "\(number)")) }
    world.giveRoom(.max)
    #expect(world.retry() == 1)
    #expect(world.messages.count == JournalBacklog.limit + 1)
    #expect(
      world.messages.first?.hasSuffix("; 1 before them is lost, see tokenroll history for the rolls") == true)
    #expect(world.messages.dropFirst().first == "1")
    // Another time begins anew.
    world.giveRoom(0)
    journal.record(Event(.serviceReady, "later"))
    world.giveRoom(.max)
    #expect(world.retry() == 1)
    #expect(world.messages.suffix(2).first?.contains("lost") == false)
    #expect(world.messages.last == "later")
  }
}
