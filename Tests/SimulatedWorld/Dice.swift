internal import Core

/// The one source of chance in a simulated world (SplitMix64): the same seed, the same world.
struct Dice: RandomNumberGenerator {
  private var numbers: SplitMix64

  init(seed: UInt64) { numbers = SplitMix64(seed: seed) }

  mutating func next() -> UInt64 { numbers.next() }

  /// A number in `0..<count`.
  mutating func below(_ count: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(count)).high) }

  /// True `perMyriad` times in 10,000.
  mutating func chance(_ perMyriad: Int) -> Bool {
    guard perMyriad > 0 else { return false }
    return below(10_000) < perMyriad
  }

  /// A span in `least...most`, to the microsecond.
  mutating func span(_ least: TimeSpan, _ most: TimeSpan) -> TimeSpan {
    let width = max((most - least).microseconds, 0)
    return least + TimeSpan(microseconds: Int64(next().multipliedFullWidth(by: UInt64(width) + 1).high))
  }

  /// One of `choices`.
  mutating func pick<Choice>(_ choices: [Choice]) -> Choice { choices[below(choices.count)] }
}
