internal import CSystemd
public import Core
internal import Platform

/// Tells systemd how the service is doing (sd_notify(3)); does nothing where `$NOTIFY_SOCKET` is not set.
///
/// The variable stays in place: it is read for every message, and children get an environment of their own.
public struct Notifier: Sendable {
  /// A notifier for the process's own `$NOTIFY_SOCKET`.
  public init() {}

  /// The service is at work, or is so again after a reload.
  public func ready(status: String? = nil) throws(SystemdError) {
    try send(["READY=1"] + Self.status(status))
  }

  /// A reload has begun; always to be ended by `ready`.
  public func reloading(status: String? = nil) throws(SystemdError) {
    // Without the time systemd 253 and newer wait for it in vain (Type=notify-reload, systemd.service(5)).
    let now = SystemClock().monotonic.microseconds
    try send(["RELOADING=1", "MONOTONIC_USEC=\(now)"] + Self.status(status))
  }

  /// The service is about to end.
  public func stopping(status: String? = nil) throws(SystemdError) {
    try send(["STOPPING=1"] + Self.status(status))
  }

  /// One line for `systemctl status`; control characters are taken out.
  public func status(_ text: String) throws(SystemdError) { try send(Self.status(text)) }

  /// The service is alive: resets the watchdog's clock.
  public func feedWatchdog() throws(SystemdError) { try send(["WATCHDOG=1"]) }

  /// Start, stop or whatever is in progress takes longer: up to `span` from now.
  public func extendTimeout(by span: TimeSpan) throws(SystemdError) {
    try send(["EXTEND_TIMEOUT_USEC=\(max(span.microseconds, 0))"])
  }

  /// The service ends because of an error with this errno (errno(3)).
  public func failed(errno: Int32, status: String) throws(SystemdError) {
    try send(["ERRNO=\(errno)"] + Self.status(status))
  }

  private func send(_ assignments: [String]) throws(SystemdError) {
    try check(
      sd_notify(0, assignments.joined(separator: "\n")), "cannot notify", "the service manager")
  }

  /// The assignment of a status, empty where there is none; a newline in it would begin another assignment.
  static func status(_ text: String?) -> [String] {
    text.map { ["STATUS=\(oneLine($0))"] } ?? []
  }
}
