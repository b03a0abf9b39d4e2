public import Core
internal import Glibc

/// One timer on the time since boot, suspend included, on the rotation queue: for delays, which no clock step changes.
@RotationActor public final class BootTimer {
  private var watch: DescriptorWatch?
  private let handler: @RotationActor @Sendable () -> Void
  /// For when the timer is armed (`Clock.bootTime`), nil where it is not.
  public private(set) var deadline: TimeSpan?

  /// A timer that is not armed; throws where the kernel gives none.
  public init(handler: @escaping @RotationActor @Sendable () -> Void) throws(SystemError) {
    self.handler = handler
    watch = try attempt("cannot create", "a timer") { () throws(Errno) in
      try DescriptorWatch(Syscalls.timerfdCreate(CLOCK_BOOTTIME)) { [weak self] in self?.timerIsReadable() }
    }
  }

  /// Calls the handler once when `Clock.bootTime` reaches `bootTime`; replaces what was asked for before.
  public func schedule(at bootTime: TimeSpan) throws(SystemError) {
    deadline = bootTime
    // All zero would disarm.
    let time = max(bootTime.microseconds, 1)
    try set(timespec(tv_sec: Int(time / 1_000_000), tv_nsec: Int(time % 1_000_000) * 1_000))
  }

  /// Disarms the timer.
  public func cancel() {
    guard deadline != nil else { return }
    deadline = nil
    // Where disarming failed the handler would be suppressed, for there is no deadline.
    try? set(timespec())
  }

  private func set(_ time: timespec) throws(SystemError) {
    guard let watch else { return }
    try attempt("cannot set", "a timer") { () throws(Errno) in
      try Syscalls.timerfdSettime(watch.rawValue, time, cancelOnSet: false)
    }
  }

  private func timerIsReadable() {
    guard let watch, Self.hasExpired(watch.rawValue), deadline != nil else { return }
    deadline = nil
    handler()
  }

  /// Whether the timer has expired since it was set last; EAGAIN where it was set anew after the event.
  static func hasExpired(_ timer: Int32) -> Bool {
    var expirations: UInt64 = 0
    do throws(Errno) {
      return try withUnsafeMutableBytes(of: &expirations) { (buffer) throws(Errno) in
        try Syscalls.read(timer, into: buffer)
      } == 8
    } catch {
      return false
    }
  }
}
