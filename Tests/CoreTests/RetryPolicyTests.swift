import Core
import Testing

struct RetryPolicyTests {
  static let policies = [
    RetryPolicy.transient, .refused, .urgent,
    RetryPolicy(base: .seconds(1), cap: TimeSpan(microseconds: .max)),
  ]

  @Test(arguments: policies)
  func everyWaitLiesBetweenATenthOfTheBaseAndTheCeiling(policy: RetryPolicy) {
    for failures in [Int.min, -1, 0, 1, 2, 3, 10, 40, 41, 63, 64, 1_000, .max] {
      for random in [UInt64(0), 1, 399_999, 1 << 32, .max - 1, .max] {
        let wait = policy.delay(failures: failures, random: random)
        #expect(wait.microseconds >= policy.base.microseconds / 10)
        #expect(wait <= policy.cap)
        if failures <= 1 { #expect(wait <= policy.base) }
      }
    }
  }

  @Test func theCeilingDoublesUpToTheCap() {
    func longest(_ failures: Int) -> TimeSpan {
      var numbers = SplitMix64(seed: UInt64(failures))
      return (0..<4_000).map { _ in RetryPolicy.transient.delay(failures: failures, random: numbers.next()) }
        .max() ?? .zero
    }
    for (failures, ceiling) in [(1, 4), (2, 8), (3, 16), (4, 32), (8, 512), (9, 900), (20, 900)]
      as [(Int, Int64)]
    {
      #expect(longest(failures) > .milliseconds(ceiling * 980) && longest(failures) <= .seconds(ceiling))
    }
  }

  @Test(arguments: [
    (TimeSpan.zero, TimeSpan.milliseconds(400)), (.seconds(1), .seconds(1)), (.hours(1), .hours(1)),
    (TimeSpan(microseconds: -5), .milliseconds(400)),
  ])
  func whatTheAPIAsksForIsWaited(retryAfter: TimeSpan, least: TimeSpan) {
    for random in [UInt64(0), 12_345, .max] {
      let wait = RetryPolicy.transient.delay(failures: 9, random: random, retryAfter: retryAfter)
      #expect(wait >= least)
      #expect(wait.microseconds <= least.microseconds + max(retryAfter.microseconds, 0) / 10)
    }
  }

  @Test func theLongestWaitThatCanBeAskedForIsNoOverflow() {
    let wait = RetryPolicy.transient.delay(
      failures: 1, random: .max / 3, retryAfter: TimeSpan(microseconds: .max))
    #expect(wait == TimeSpan(microseconds: .max))
  }
}
