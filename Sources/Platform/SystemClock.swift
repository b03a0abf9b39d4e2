public import Core
internal import Glibc

/// The clocks of the operating system (clock_gettime(2)).
public struct SystemClock: Clock {
  /// The clocks of the operating system.
  public init() {}

  /// CLOCK_REALTIME.
  public var now: Timestamp { Timestamp(microseconds: Self.read(CLOCK_REALTIME)) }

  /// CLOCK_BOOTTIME.
  public var bootTime: TimeSpan { TimeSpan(microseconds: Self.read(CLOCK_BOOTTIME)) }

  /// CLOCK_MONOTONIC, which systemd wants in MONOTONIC_USEC= (sd_notify(3)).
  public var monotonic: TimeSpan { TimeSpan(microseconds: Self.read(CLOCK_MONOTONIC)) }

  private static func read(_ clock: clockid_t) -> Int64 {
    do {
      let time = try Syscalls.clockGettime(clock)
      return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    } catch {
      // Cannot happen: the clock exists on every Linux that is supported, and the pointer is good (clock_gettime(2)).
      preconditionFailure("cannot read clock \(clock): \(error)")
    }
  }
}
