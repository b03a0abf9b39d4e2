internal import Core
internal import Platform

/// Whether the service does its work: which steps are under way, and which of them overran their bound.
@RotationActor final class Health {
  /// One step under way.
  struct Step: Hashable {
    fileprivate let number: UInt64
  }

  private let clock: any Clock
  private var number: UInt64 = 0
  private var broken: String?
  private var steps: [Step: (what: String, deadline: TimeSpan)] = [:]

  init(clock: any Clock) { self.clock = clock }

  /// Notes that a step began which has to end within `bound`.
  func begin(_ what: String, within bound: TimeSpan) -> Step {
    number += 1
    let step = Step(number: number)
    steps[step] = (what, clock.bootTime + bound)
    return step
  }

  /// Notes that `step` ended.
  func end(_ step: Step) { steps[step] = nil }

  /// Arms `timer`, or disarms it where `bootTime` is nil; a timer that fails is a service that no longer works.
  func arm(_ timer: BootTimer?, for bootTime: TimeSpan?) {
    guard let bootTime else {
      timer?.cancel()
      return
    }
    do throws(SystemError) {
      try timer?.schedule(at: bootTime)
    } catch {
      broken = error.description
    }
  }

  /// The step that overran its bound the longest; nil where all is well.
  var overdue: String? {
    if let broken { return broken }
    let now = clock.bootTime
    return steps.values.filter { $0.deadline < now }.min { $0.deadline < $1.deadline }
      .map { "\($0.what) is overdue by \((now - $0.deadline).abbreviated)" }
  }
}
