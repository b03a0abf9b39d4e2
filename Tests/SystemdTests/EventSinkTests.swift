import CSystemd
import Core
import Glibc
import JSON
import Platform
import Synchronization
import TestSupport
import Testing

@testable import Systemd

/// Keeps what it is told.
private final class MemorySink: EventSink {
  private let events = Mutex<[Event]>([])
  var recorded: [Event] { events.withLock { $0 } }
  func record(_ event: Event) { events.withLock { $0.append(event) } }
}

private struct FixedClock: Platform.Clock {
  let now = Timestamp(seconds: 1_795_575_215)
  let bootTime = TimeSpan.zero
}

private func fullEvent() -> Event {
  var event = Event(.rateLimited, "the API asked to wait 5 min")
  event.entry = "dns-edge"
  event.rollID = "1f000000000000000000000000000000"
  event.accountID = "0123456789abcdef0123456789abcdef"
  event.tokenID = "ed17574386854bf78a67040be0a770b0"
  event.phase = "intended"
  event.httpStatus = 429
  event.apiCode = 10_429
  event.ray = "8f0a"
  event.duration = .milliseconds(12)
  event.attempt = 2
  event.errno = EIO
  return event
}

@Suite struct EventSinkTests {
  @Test func journalFieldsAreThoseOfTheEvent() {
    #expect(
      JournalFields.assignments(fullEvent()) == [
        "MESSAGE=the API asked to wait 5 min", "MESSAGE_ID=\(EventKind.rateLimited.messageID)", "PRIORITY=4",
        "SYSLOG_IDENTIFIER=tokenroll", "TOKENROLL_ENTRY=dns-edge",
        "TOKENROLL_ROLL_ID=1f000000000000000000000000000000",
        "TOKENROLL_ACCOUNT_ID=0123456789abcdef0123456789abcdef",
        "TOKENROLL_TOKEN_ID=ed17574386854bf78a67040be0a770b0", "TOKENROLL_PHASE=intended",
        "TOKENROLL_HTTP_STATUS=429",
        "TOKENROLL_API_CODE=10429", "TOKENROLL_CF_RAY=8f0a", "TOKENROLL_DURATION_USEC=12000",
        "TOKENROLL_ATTEMPT=2",
        "ERRNO=5",
      ])
    #expect(JournalFields.assignments(Event(.serviceReady, "at work")).count == 4)
  }

  @Test func vectorsHoldTheAssignmentsByteForByte() {
    let assignments = ["MESSAGE=größer\nzwei", "EMPTY=", "PRIORITY=4"]
    let read = Journal.withVectors(assignments) { vectors in
      vectors.map {
        String(decoding: UnsafeRawBufferPointer(start: $0.iov_base, count: $0.iov_len), as: UTF8.self)
      }
    }
    #expect(read == assignments)
  }

  @Test(arguments: [(0, 0), (-ENOENT, 1), (-EPERM, 1)] as [(Int32, Int)])
  func eventThatTheJournalDoesNotTakeGoesToTheOtherSink(result: Int32, others: Int) {
    let other = MemorySink()
    let journal = Journal(
      otherwise: { event in
        other.record(event)
        return true
      }, backlog: JournalBacklog(send: { _ in result }, clock: FixedClock(), later: { _ in }))
    journal.record(fullEvent())
    #expect(other.recorded.count == others)
  }

  @Test func streamSaysWhetherItTookALine() throws {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    defer { close(ends[0]) }
    let sink = StreamSink(descriptor: ends[1], format: .text, clock: FixedClock())
    #expect(sink.write(Event(.serviceReady, "x")))
    close(ends[1])
    #expect(!sink.write(Event(.serviceReady, "x")))
  }

  @Test(arguments: [
    (
      StreamSink.Format.text,
      "2026-11-25T02:53:35Z warning dns-edge: the API asked to wait 5 min (roll 1f000000000000000000000000000000, "
        + "phase intended, status 429, code 10429, ray 8f0a, attempt 2, errno 5, took 12 ms)"
    )
  ])
  func lineForPeopleSaysEverything(format: StreamSink.Format, line: String) {
    #expect(StreamSink.line(fullEvent(), at: FixedClock().now, format) == line)
  }

  @Test func shortEventIsAShortLine() {
    let event = Event(.serviceReady, "12 entries are\nplanned")
    let time = FixedClock().now
    #expect(StreamSink.line(event, at: time, .text) == "2026-11-25T02:53:35Z info: 12 entries are planned")
    #expect(
      StreamSink.line(event, at: time, .prefixed) == "<6>2026-11-25T02:53:35Z info: 12 entries are planned")
  }

  @Test func jsonLineIsOneObjectWithTheSameNames() throws {
    var event = fullEvent()
    event.message = "a \"quoted\"\nline"
    let line = StreamSink.line(event, at: FixedClock().now, .json)
    #expect(!line.contains { $0.isNewline })
    #expect(
      line.hasPrefix(
        "{\"time\":\"2026-11-25T02:53:35.000000Z\",\"priority\":4,\"message\":\"a \\\"quoted\\\"\\nline\""))
    for text in [
      "\"tokenroll_entry\":\"dns-edge\"", "\"tokenroll_http_status\":429", "\"errno\":5",
      "\"event\":\"rateLimited\"",
    ] {
      #expect(line.contains(text))
    }
    #expect(throws: Never.self) { try JSONDocument(parsing: Array(line.utf8)) }
  }

  @Test func linesReachTheStreamWholeAndInOrder() throws {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    let sink = StreamSink(descriptor: ends[1], format: .prefixed, clock: FixedClock())
    sink.record(Event(.serviceReady, "one"))
    sink.record(Event(.publicationFailed, "two"))
    var buffer = [UInt8](repeating: 0, count: 4_096)
    let count = read(ends[0], &buffer, buffer.count)
    #expect(
      String(decoding: buffer[..<max(count, 0)], as: UTF8.self)
        == "<6>2026-11-25T02:53:35Z info: one\n<2>2026-11-25T02:53:35Z critical: two\n")
  }

  @Test func closedStreamStopsNothing() {
    StreamSink(descriptor: -1, format: .text).record(Event(.serviceReady, "x"))
  }

  @Test(arguments: Priority.allCases) func whatIsLessGraveIsLeftOut(minimum: Priority) {
    let sink = MemorySink()
    let log = EventLog(sink, minimumPriority: minimum)
    for kind in EventKind.allCases { log.record(Event(kind, "x")) }
    #expect(
      sink.recorded.map(\.kind) == EventKind.allCases.filter { $0.priority.rawValue <= minimum.rawValue })
  }

  @Test func journalIsRecognisedByDeviceAndInode() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write("stream", "")
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    defer { close(descriptor) }
    var status = stat()
    try #require(fstat(descriptor, &status) == 0)
    #expect(EventLog.journalReads("\(status.st_dev):\(status.st_ino)", descriptor: descriptor))
    for wrong in [nil, "", "8:1", "\(status.st_dev):\(status.st_ino + 1)", "\(status.st_ino)"] as [String?] {
      #expect(!EventLog.journalReads(wrong, descriptor: descriptor))
    }
    #expect(!EventLog.journalReads("\(status.st_dev):\(status.st_ino)", descriptor: -1))
  }
}

@Suite struct CredentialsDirectoryTests {
  @Test(
    arguments: [
      ("/run/credentials/x", "cloudflare", "/run/credentials/x/cloudflare"), ("/c/", "a.b", "/c/a.b"),
      (nil, "/etc/secret", "/etc/secret"), ("/c", "/etc/secret", "/etc/secret"),
    ] as [(String?, String, String)])
  func nameIsLookedUpAndPathIsKept(directory: String?, file: String, path: String) throws {
    #expect(try CredentialsDirectory(path: directory).resolve(file) == path)
  }

  @Test(
    arguments: [("/c", ""), ("/c", ".."), ("/c", "a/b"), ("/c", "../x"), (nil, "name"), ("relative", "name")]
      as [(String?, String)])
  func otherNamesAreRefused(directory: String?, file: String) {
    #expect(throws: SystemdError.self) { try CredentialsDirectory(path: directory).resolve(file) }
  }
}

@Suite struct MachineIDTests {
  @Test(.enabled(if: access("/etc/machine-id", R_OK) == 0)) func identifierIsStableAndNotTheMachinesOwn()
    throws
  {
    let own = TemporaryDirectory.contents("/etc/machine-id")?.prefix(32)
    // An image that was never started has an empty one.
    guard let own, own.count == 32, let identifier = try? MachineID.read() else { return }
    #expect(identifier.count == 16)
    #expect(try MachineID.read() == identifier)
    #expect(identifier.contains { $0 != 0 })
    #expect(identifier.map { String($0, radix: 16) }.joined() != String(own))
  }
}
