internal import CSystemd

/// A message of the bus, taken apart: as much of it as reloading a unit needs.
enum BusReply: Equatable {
  /// The bus or systemd says yes to the call with this number; `path` is the job where there is one.
  case answer(to: UInt64, path: String?)
  /// It says no.
  case refusal(to: UInt64, name: String, message: String)
  /// A job has ended.
  case jobRemoved(path: String, result: String)
  /// Anything else.
  case other

  init(_ message: OpaquePointer) {
    var cookie: UInt64 = 0
    if sd_bus_message_get_reply_cookie(message, &cookie) >= 0 {
      if let error = sd_bus_message_get_error(message) {
        self = .refusal(
          to: cookie, name: error.pointee.name.map { String(cString: $0) } ?? "",
          message: error.pointee.message.map { String(cString: $0) } ?? "")
      } else {
        self = .answer(to: cookie, path: Self.read(message, "o"))
      }
    } else if sd_bus_message_is_signal(message, Manager.interface, "JobRemoved") > 0 {
      var identifier: UInt32 = 0
      guard sd_bus_message_read_basic(message, Self.type("u"), &identifier) > 0,
        let path = Self.read(message, "o"), Self.read(message, "s") != nil,
        let result = Self.read(message, "s")
      else {
        self = .other
        return
      }
      self = .jobRemoved(path: path, result: result)
    } else {
      self = .other
    }
  }

  private static func read(_ message: OpaquePointer, _ kind: Unicode.Scalar) -> String? {
    var text: UnsafePointer<CChar>?
    guard sd_bus_message_read_basic(message, type(kind), &text) > 0 else { return nil }
    return text.map { String(cString: $0) }
  }

  private static func type(_ kind: Unicode.Scalar) -> CChar { CChar(truncatingIfNeeded: kind.value) }
}

/// The manager's object on the bus (org.freedesktop.systemd1(5)).
enum Manager {
  static let destination = "org.freedesktop.systemd1"
  static let path = "/org/freedesktop/systemd1"
  static let interface = "org.freedesktop.systemd1.Manager"
}
