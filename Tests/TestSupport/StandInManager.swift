import CSystemd
import Dispatch
import Glibc
import Synchronization

/// A thread that answers on a bus as systemd's manager does, until it is stopped.
public final class StandInManager: Sendable {
  /// What becomes of a reload.
  public enum Behaviour: Sendable {
    /// A job that ends so; nil is one that never ends.
    case job(result: String?)
    /// An error of the bus.
    case refusal(name: String, message: String)
  }

  private struct State {
    var behaviour: Behaviour
    var calls: [String] = []
  }

  /// What a bus of one's own is configured with: a listener at `address`, and no rules.
  public static func busConfiguration(_ address: String) -> String {
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
    """
  }

  /// The program of a bus.
  public static let busProgram = "/usr/bin/dbus-daemon"
  /// Signalled for each reload that is asked for.
  private let reloads = DispatchSemaphore(value: 0)
  private let state: Mutex<State>
  private let isStopped = Atomic(false)
  private let thread = DispatchGroup()

  /// Begins to answer on the bus at `address`.
  public init(_ address: String, _ behaviour: Behaviour) throws {
    state = Mutex(State(behaviour: behaviour))
    var bus: OpaquePointer?
    guard sd_bus_new(&bus) >= 0, sd_bus_set_address(bus, address) >= 0, sd_bus_set_bus_client(bus, 1) >= 0,
      sd_bus_start(bus) >= 0, sd_bus_request_name(bus, Self.destination, 0) >= 0
    else { throw SetupFailure("sd_bus_request_name", errno) }
    nonisolated(unsafe) let connection = bus
    DispatchQueue(label: "manager").async(group: thread) { [self] in
      while !isStopped.load(ordering: .acquiring) {
        var message: OpaquePointer?
        let result = sd_bus_process(connection, &message)
        if let message { answer(message, connection) }
        sd_bus_message_unref(message)
        if result == 0 { sd_bus_wait(connection, 20_000) }
        if result < 0 { break }
      }
      sd_bus_flush_close_unref(connection)
    }
  }

  /// Has what comes from now on become of reloads.
  public func behave(_ behaviour: Behaviour) { state.withLock { $0.behaviour = behaviour } }

  /// The calls so far: the method, and its arguments.
  public var calls: [String] { state.withLock { $0.calls } }

  /// Waits for the next reload that is asked for; false where none comes in time.
  public func awaitReload(within seconds: Double = 30) -> Bool {
    reloads.wait(timeout: .now() + seconds) == .success
  }

  /// Ends the thread and returns the calls that it got.
  @discardableResult public func stop() -> [String] {
    isStopped.store(true, ordering: .releasing)
    thread.wait()
    return calls
  }

  // org.freedesktop.systemd1(5)
  private static let destination = "org.freedesktop.systemd1"
  private static let path = "/org/freedesktop/systemd1"
  private static let interface = "org.freedesktop.systemd1.Manager"

  private func answer(_ message: OpaquePointer, _ bus: OpaquePointer?) {
    guard sd_bus_message_is_method_call(message, Self.interface, nil) > 0,
      let member = sd_bus_message_get_member(message).map({ String(cString: $0) })
    else { return }
    var words = [member]
    while let word = text(message) { words.append(word) }
    let call = words.joined(separator: " ")
    let (behaviour, number) = state.withLock { state in
      state.calls.append(call)
      return (state.behaviour, UInt32(state.calls.count))
    }
    if member == "Subscribe" { return reply(message, bus, path: nil) }
    reloads.signal()
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
      let job = "\(Self.path)/job/\(number)"
      reply(message, bus, path: job)
      guard let result else { return }
      var signal: OpaquePointer?
      sd_bus_message_new_signal(bus, &signal, Self.path, Self.interface, "JobRemoved")
      var identifier = number
      sd_bus_message_append_basic(signal, CChar(UInt8(ascii: "u")), &identifier)
      append(signal, "o", job)
      append(signal, "s", words.count > 1 ? words[1] : "")
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
