internal import Glibc

/// Tells when the wall clock was set: a timer that the kernel cancels then (`TFD_TIMER_CANCEL_ON_SET`).
///
/// Dispatch never learns of a step by itself. Slewing, as NTP does all the time, is no step.
@RotationActor public final class ClockWatch {
  /// What the timer told.
  enum Reading: Equatable {
    case nothing
    case clockWasSet
  }

  private var watch: DescriptorWatch?
  private let onStep: @RotationActor @Sendable () -> Void

  /// Watches from now on, and calls `onStep` after each step; a clock read in it is already the new one.
  ///
  /// Throws where the kernel gives no timer.
  public init(onStep: @escaping @RotationActor @Sendable () -> Void) throws(SystemError) {
    self.onStep = onStep
    watch = try attempt("cannot create", "a timer that watches the clock") { () throws(Errno) in
      let timer = try Syscalls.timerfdCreate(CLOCK_REALTIME)
      _ = try Self.arm(timer.rawValue)
      return try DescriptorWatch(timer) { [weak self] in self?.timerIsReadable() }
    }
  }

  /// Stops watching.
  public func cancel() { watch = nil }

  private func timerIsReadable() {
    guard let watch else { return }
    do throws(Errno) {
      if try Self.read(watch.rawValue) == .clockWasSet { onStep() }
    } catch {
      // The timer cannot be armed again: tell of a step, so that the plan is right at least now, and watch no longer.
      self.watch = nil
      onStep()
    }
  }

  /// Reads the timer and arms it anew; before the handler reads the clock, so that a step in between is not missed.
  static func read(_ timer: Int32) throws(Errno) -> Reading {
    var reading = Reading.nothing
    do throws(Errno) {
      var expirations: UInt64 = 0
      _ = try withUnsafeMutableBytes(of: &expirations) { (buffer) throws(Errno) in
        try Syscalls.read(timer, into: buffer)
      }
    } catch {
      if error.code == EAGAIN { return .nothing }
      guard error.code == ECANCELED else { throw error }
      reading = .clockWasSet
    }
    return try arm(timer) == .clockWasSet ? .clockWasSet : reading
  }

  /// Arms the timer for the end of time.
  static func arm(_ timer: Int32) throws(Errno) -> Reading {
    do throws(Errno) {
      try Syscalls.timerfdSettime(timer, timespec(tv_sec: .max, tv_nsec: 0), cancelOnSet: true)
      return .nothing
    } catch {
      // Armed all the same, and the clock was set since it was armed last (timerfd_settime(2)).
      if error.code == ECANCELED { return .clockWasSet }
      throw error
    }
  }
}
