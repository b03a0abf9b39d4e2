import CSystemd
import Core
import Dispatch
import Glibc
import Platform
import Synchronization
import TestSupport
import Testing

@testable import Systemd

/// The reloader on a bus of its own, with a stand-in for systemd on it.
@Suite(.enabled(if: access("/usr/bin/dbus-daemon", X_OK) == 0), .timeLimit(.minutes(1)))
struct UnitReloaderTests {
  /// Runs `body` with the address of a bus that runs meanwhile.
  private func withBus<Result: Sendable>(
    _ body: @Sendable (String) async throws -> Result
  ) async throws -> Result {
    let directory = try TemporaryDirectory()
    let address = "unix:path=\(directory.path("bus"))"
    let configuration = try directory.write(
      "bus.conf",
      """
      <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
       "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
      <busconfig>
        <listen>\(address)</listen>
        <policy context="default">
          <allow send_destination="*" eavesdrop="true"/>
          <allow eavesdrop="true"/>
          <allow own="*"/>
        </policy>
      </busconfig>
      """)
    let (lines, continuation) = AsyncStream<String>.makeStream()
    let daemon = Task { @RotationActor in
      try await ChildProcess(
        program: "/usr/bin/dbus-daemon",
        arguments: ["--nofork", "--print-address", "--config-file=\(configuration)"], timeLimit: .seconds(550)
      ).run { continuation.yield($0) }
    }
    // The address is printed once the bus listens.
    var iterator = lines.makeAsyncIterator()
    _ = await iterator.next()
    defer { daemon.cancel() }
    return try await body(address)
  }

  private func reload(_ address: String, timeLimit: TimeSpan = .seconds(20)) async -> SystemdError? {
    do {
      try await UnitReloader(timeLimit: timeLimit, address: address).reload("nginx.service")
      return nil
    } catch {
      return error
    }
  }

  @Test func busWithoutSystemdIsToldAsThat() async throws {
    let error = try await withBus { await reload($0) }
    #expect(error?.kind == .noBus)
  }

  @Test func jobThatIsDoneEndsTheReload() async throws {
    let (error, calls) = try await withBus { address in
      let manager = try StandInManager(address, .job(result: "done"))
      let error = await reload(address)
      return (error, manager.stop())
    }
    #expect(error == nil)
    #expect(calls == ["Subscribe", "ReloadOrTryRestartUnit nginx.service replace"])
  }

  @Test func jobThatFailsIsAFailure() async throws {
    let error = try await withBus { address in
      let manager = try StandInManager(address, .job(result: "failed"))
      defer { _ = manager.stop() }
      return await reload(address)
    }
    #expect(error?.kind == .jobFailed)
  }

  @Test func refusalByPolkitIsToldAsThat() async throws {
    let error = try await withBus { address in
      let manager = try StandInManager(
        address,
        .refusal(name: "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", message: "Not now."))
      defer { _ = manager.stop() }
      return await reload(address)
    }
    #expect(error?.kind == .denied)
    #expect(
      error?.description
        == "cannot reload nginx.service: Not now.; allow it in a polkit rule for org.freedesktop.systemd1.manage-units"
    )
  }

  @Test func jobThatNeverEndsIsGivenUp() async throws {
    let error = try await withBus { address in
      let manager = try StandInManager(address, .job(result: nil))
      defer { _ = manager.stop() }
      return await reload(address, timeLimit: .milliseconds(300))
    }
    #expect(error?.kind == .timedOut)
  }
}

/// A thread that answers as systemd's manager does, until it is stopped.
private final class StandInManager: Sendable {
  enum Behaviour: Sendable {
    case job(result: String?)
    case refusal(name: String, message: String)
  }

  private let calls = Mutex<[String]>([])
  private let isStopped = Atomic(false)
  private let thread = DispatchGroup()

  init(_ address: String, _ behaviour: Behaviour) throws {
    var bus: OpaquePointer?
    guard sd_bus_new(&bus) >= 0, sd_bus_set_address(bus, address) >= 0, sd_bus_set_bus_client(bus, 1) >= 0,
      sd_bus_start(bus) >= 0, sd_bus_request_name(bus, Manager.destination, 0) >= 0
    else { throw SetupFailure("sd_bus_request_name", errno) }
    nonisolated(unsafe) let connection = bus
    DispatchQueue(label: "manager").async(group: thread) { [self] in
      while !isStopped.load(ordering: .acquiring) {
        var message: OpaquePointer?
        let result = sd_bus_process(connection, &message)
        if let message { answer(message, connection, behaviour) }
        sd_bus_message_unref(message)
        if result == 0 { sd_bus_wait(connection, 20_000) }
        if result < 0 { break }
      }
      sd_bus_flush_close_unref(connection)
    }
  }

  /// Ends the thread and returns the calls that it got.
  func stop() -> [String] {
    isStopped.store(true, ordering: .releasing)
    thread.wait()
    return calls.withLock { $0 }
  }

  private func answer(_ message: OpaquePointer, _ bus: OpaquePointer?, _ behaviour: Behaviour) {
    guard sd_bus_message_is_method_call(message, Manager.interface, nil) > 0,
      let member = sd_bus_message_get_member(message).map({ String(cString: $0) })
    else { return }
    var words = [member]
    while let word = text(message) { words.append(word) }
    calls.withLock { $0.append(words.joined(separator: " ")) }
    if member == "Subscribe" { return reply(message, bus, path: nil) }
    switch behaviour {
    case .refusal(let name, let text):
      name.withCString { name in
        text.withCString { text in
          var error = sd_bus_error(name: name, message: text, _need_free: 0)
          var refusal: OpaquePointer?
          sd_bus_message_new_method_error(message, &refusal, &error)
          sd_bus_send(bus, refusal, nil)
          sd_bus_message_unref(refusal)
        }
      }
    case .job(let result):
      let job = "/org/freedesktop/systemd1/job/7"
      reply(message, bus, path: job)
      guard let result else { return }
      var signal: OpaquePointer?
      sd_bus_message_new_signal(bus, &signal, Manager.path, Manager.interface, "JobRemoved")
      var identifier: UInt32 = 7
      sd_bus_message_append_basic(signal, CChar(UInt8(ascii: "u")), &identifier)
      append(signal, "o", job)
      append(signal, "s", "nginx.service")
      append(signal, "s", result)
      sd_bus_send(bus, signal, nil)
      sd_bus_message_unref(signal)
    }
  }

  private func reply(_ message: OpaquePointer, _ bus: OpaquePointer?, path: String?) {
    var reply: OpaquePointer?
    sd_bus_message_new_method_return(message, &reply)
    if let path { append(reply, "o", path) }
    sd_bus_send(bus, reply, nil)
    sd_bus_message_unref(reply)
  }

  private func append(_ message: OpaquePointer?, _ type: Unicode.Scalar, _ text: String) {
    _ = text.withCString { sd_bus_message_append_basic(message, CChar(truncatingIfNeeded: type.value), $0) }
  }

  private func text(_ message: OpaquePointer) -> String? {
    var text: UnsafePointer<CChar>?
    guard sd_bus_message_read_basic(message, CChar(UInt8(ascii: "s")), &text) > 0 else { return nil }
    return text.map { String(cString: $0) }
  }
}
