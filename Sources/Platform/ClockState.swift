internal import CLinux
internal import Glibc

/// What the system says about its wall clock.
public enum ClockState {
  /// Whether systemd-timesyncd has synchronised the clock since the machine started (systemd-timesyncd.service(8)).
  public static var isMarked: Bool { access("/run/systemd/timesync/synchronized", F_OK) == 0 }

  /// Whether the kernel considers the clock synchronised (adjtimex(2)), by whatever keeps it.
  public static var isSynchronised: Bool { linux_clock_is_synchronised() != 0 }
}
