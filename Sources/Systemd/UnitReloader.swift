internal import CSystemd
public import Core
internal import Glibc
internal import Platform

/// Has systemd reload a unit, or restart it where it cannot reload, or leave it where it does not run.
public struct UnitReloader: Sendable {
  private let timeLimit: TimeSpan
  private let address: String?

  /// A reloader on the system bus that waits no longer than `timeLimit` for a job's end.
  public init(timeLimit: TimeSpan) { self.init(timeLimit: timeLimit, address: nil) }

  /// A reloader on the bus at `address`, nil for the system's.
  init(timeLimit: TimeSpan, address: String?) {
    self.timeLimit = timeLimit
    self.address = address
  }

  /// Asks for the job ReloadOrTryRestartUnit and returns when it has succeeded; no thread waits meanwhile.
  ///
  /// Throws with a kind that tells a missing bus, a refusal by polkit, a missing unit and a failed job apart.
  @RotationActor public func reload(_ unit: String) async throws(SystemdError) {
    let conversation = try BusConversation(unit, address: address)
    let failure = await conversation.run(timeLimit: timeLimit)
    if let failure { throw failure }
  }
}

/// A connection to the bus for the reload of one unit, driven by Dispatch sources on the rotation queue.
@RotationActor private final class BusConversation {
  private let unit: String
  // Used on the rotation queue only, and in `deinit`, when nobody else can use it.
  private nonisolated(unsafe) let bus: OpaquePointer
  private var reload: UnitReload
  private var readWatch: DescriptorWatch?
  private var writeWatch: DescriptorWatch?
  private var timer: BootTimer?
  private var waiter: CheckedContinuation<SystemdError?, Never>?

  init(_ unit: String, address: String?) throws(SystemdError) {
    self.unit = unit
    reload = UnitReload(unit)
    var opened: OpaquePointer?
    let result = address.map { Self.open($0, &opened) } ?? sd_bus_open_system(&opened)
    guard result >= 0, let opened else {
      throw SystemdError(
        .noBus, "cannot reload", unit, code: -result,
        reason:
          "the system bus cannot be reached; start dbus.socket, and without systemd leave \"reload\" out")
    }
    bus = opened
  }

  deinit { sd_bus_unref(bus) }

  private static func open(_ address: String, _ bus: inout OpaquePointer?) -> Int32 {
    var result = sd_bus_new(&bus)
    if result >= 0 { result = sd_bus_set_address(bus, address) }
    if result >= 0 { result = sd_bus_set_bus_client(bus, 1) }
    if result >= 0 { result = sd_bus_start(bus) }
    if result < 0 { bus = sd_bus_unref(bus) }
    return result
  }

  /// Runs the conversation to its end; nil is success.
  func run(timeLimit: TimeSpan) async -> SystemdError? {
    await withCheckedContinuation { continuation in
      waiter = continuation
      do throws(SystemdError) {
        try watch(timeLimit)
        try send(.match)
      } catch {
        return finish(error)
      }
      pump()
    }
  }

  private func watch(_ timeLimit: TimeSpan) throws(SystemdError) {
    readWatch = try watchBus(.reading)
    do throws(SystemError) {
      let timer = try BootTimer { [weak self] in self?.timeIsUp() }
      try timer.schedule(at: SystemClock().bootTime + timeLimit)
      self.timer = timer
    } catch {
      throw SystemdError(.other, "cannot reload", unit, reason: error.description)
    }
  }

  /// Watches a number of its own for the connection, since a watch closes what it watches.
  private func watchBus(_ direction: DescriptorWatch.Direction) throws(SystemdError) -> DescriptorWatch {
    do throws(Errno) {
      return try DescriptorWatch(Syscalls.duplicate(sd_bus_get_fd(bus)), direction) { [weak self] in
        self?.pump()
      }
    } catch {
      throw SystemdError(.other, "cannot reload", unit, code: error.code)
    }
  }

  private func timeIsUp() {
    finish(
      SystemdError(
        .timedOut, "cannot reload", unit, reason: "the job did not end in time; see \"systemctl list-jobs\""))
  }

  /// Takes all messages that are there, and sees to it that the next are taken.
  private func pump() {
    while waiter != nil {
      var message: OpaquePointer?
      let result = sd_bus_process(bus, &message)
      defer { sd_bus_message_unref(message) }
      guard result >= 0 else {
        return finish(
          SystemdError(
            .noBus, "cannot reload", unit, code: -result,
            reason: "the connection to the system bus broke; see \"systemctl status dbus\""))
      }
      if let message { follow(reload.received(BusReply(message))) }
      if result == 0 { break }
    }
    guard waiter != nil else { return }
    do throws(SystemdError) {
      if sd_bus_get_events(bus) & POLLOUT == 0 {
        writeWatch = nil
      } else if writeWatch == nil {
        writeWatch = try watchBus(.writing)
      }
    } catch {
      finish(error)
    }
  }

  private func follow(_ step: UnitReload.Step) {
    switch step {
    case .wait: break
    case .finished: finish(nil)
    case .failed(let error): finish(error)
    case .send(let call):
      do throws(SystemdError) { try send(call) } catch { finish(error) }
    }
  }

  private func send(_ call: UnitReload.Call) throws(SystemdError) {
    switch call {
    case .match:
      let rule =
        "type='signal',sender='\(Manager.destination)',interface='\(Manager.interface)',member='JobRemoved'"
      try send(
        call, to: "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "AddMatch", [rule])
    case .subscribe:
      try send(call, to: Manager.destination, Manager.path, Manager.interface, "Subscribe", [])
    case .reload:
      try send(
        call, to: Manager.destination, Manager.path, Manager.interface, "ReloadOrTryRestartUnit",
        [unit, "replace"])
    }
  }

  private func send(
    _ call: UnitReload.Call, to destination: String, _ path: String, _ interface: String, _ member: String,
    _ arguments: [String]
  ) throws(SystemdError) {
    var message: OpaquePointer?
    defer { sd_bus_message_unref(message) }
    var result = sd_bus_message_new_method_call(bus, &message, destination, path, interface, member)
    for argument in arguments where result >= 0 {
      result = argument.withCString { sd_bus_message_append_basic(message, CChar(UInt8(ascii: "s")), $0) }
    }
    var cookie: UInt64 = 0
    if result >= 0 { result = sd_bus_send(bus, message, &cookie) }
    try check(result, "cannot reload", unit)
    reload.sent(call, cookie: cookie)
  }

  private func finish(_ failure: SystemdError?) {
    readWatch = nil
    writeWatch = nil
    timer = nil
    waiter?.resume(returning: failure)
    waiter = nil
  }
}
