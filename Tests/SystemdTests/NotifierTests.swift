import Core
import Glibc
import Platform
import TestSupport
import Testing

@testable import Systemd

/// A datagram socket that stands in for the service manager's.
private final class ManagerSocket: Sendable {
  let directory: TemporaryDirectory
  let path: String
  private let descriptor: Int32

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.path("notify")
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
    }
    guard descriptor >= 0, bound == 0 else { throw SetupFailure("bind", errno) }
  }

  deinit { close(descriptor) }

  /// The next datagram, nil where there is none: they are there when sd_notify returns.
  func receive() -> String? {
    var buffer = [UInt8](repeating: 0, count: 4_096)
    let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
    return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
  }
}

/// The variable is the process's, so these tests take turns, and no other suite may touch it.
@Suite(.serialized) struct NotifierTests {
  private func messages(_ body: (Notifier) throws -> Void) throws -> [String] {
    let socket = try ManagerSocket()
    setenv("NOTIFY_SOCKET", socket.path, 1)
    defer { unsetenv("NOTIFY_SOCKET") }
    try body(Notifier())
    var messages: [String] = []
    while let message = socket.receive() { messages.append(message) }
    return messages
  }

  @Test func eachMessageIsWhatSystemdDocuments() throws {
    let messages = try messages { notifier in
      try notifier.ready()
      try notifier.ready(status: "12 entries")
      try notifier.status("12 entries, next dns-edge in 3 h")
      try notifier.feedWatchdog()
      try notifier.extendTimeout(by: .seconds(30))
      try notifier.extendTimeout(by: .seconds(-1))
      try notifier.failed(errno: ENOSPC, status: "disk full")
      try notifier.stopping()
      try notifier.stopping(status: "bye")
    }
    #expect(
      messages == [
        "READY=1", "READY=1\nSTATUS=12 entries", "STATUS=12 entries, next dns-edge in 3 h", "WATCHDOG=1",
        "EXTEND_TIMEOUT_USEC=30000000", "EXTEND_TIMEOUT_USEC=0", "ERRNO=28\nSTATUS=disk full", "STOPPING=1",
        "STOPPING=1\nSTATUS=bye",
      ])
  }

  @Test func reloadingCarriesTheMonotonicTime() throws {
    let before = SystemClock().monotonic.microseconds
    let message = try #require(try messages { try $0.reloading(status: "reading") }.first)
    let lines = message.split(separator: "\n").map(String.init)
    #expect(lines.count == 3 && lines[0] == "RELOADING=1" && lines[2] == "STATUS=reading")
    let time = try #require(Int64(lines[1].dropFirst("MONOTONIC_USEC=".count)))
    #expect((before...SystemClock().monotonic.microseconds).contains(time))
  }

  @Test func newlineInAStatusBeginsNoAssignment() throws {
    #expect(try messages { try $0.status("a\nREADY=1\r\u{2028}b") } == ["STATUS=a READY=1  b"])
  }

  @Test func variableStaysForTheNextMessage() throws {
    #expect(try messages { for _ in 0..<3 { try $0.feedWatchdog() } }.count == 3)
  }

  @Test func withoutASocketNothingHappens() throws {
    unsetenv("NOTIFY_SOCKET")
    try Notifier().ready()
    try Notifier().reloading()
  }

  @Test func socketThatIsGoneIsAnError() throws {
    setenv("NOTIFY_SOCKET", "/nonexistent/notify", 1)
    defer { unsetenv("NOTIFY_SOCKET") }
    do {
      try Notifier().ready()
      Issue.record("sent")
    } catch {
      #expect(error.description == "cannot notify the service manager: no such file or directory (ENOENT)")
    }
  }

  @Test(arguments: [(nil, nil), ("20000000", TimeSpan.seconds(20))] as [(String?, TimeSpan?)])
  func watchdogIntervalIsRead(variable: String?, interval: TimeSpan?) throws {
    if let variable { setenv("WATCHDOG_USEC", variable, 1) }
    defer { unsetenv("WATCHDOG_USEC") }
    #expect(try Watchdog.configuredInterval() == interval)
  }
}
