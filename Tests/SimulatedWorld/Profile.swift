internal import Core

/// What a world is like: drawn from its seed, so that each has faults of its own in its own proportions.
///
/// Chances are in 10,000. The bounds keep to the contract of `settle_time`: a request takes effect at most `latest` after
/// it was given up, and a change reaches every edge within `propagation`; both together are shorter than `settleTime`.
struct Profile {
  var settleTime: TimeSpan
  var propagation: TimeSpan
  var latest: TimeSpan
  /// Whether requests may be later than the contract allows, by up to the time in which a later roll is confirmed.
  var isVeryLate: Bool
  var timeout = TimeSpan.seconds(30)
  var period: TimeSpan
  var jitter: TimeSpan
  var destinations: Int
  /// What kinds of entries there are.
  var kinds: [Kind]
  /// How long a replaced token stays.
  var grace: TimeSpan
  /// Whether the secret can be read back from the first destination.
  var isReadable: Bool
  /// Whether `modified_on` is told in whole seconds, and whether at all.
  var modifiedInSeconds: Bool
  var tellsModified: Bool
  var requests: Int

  var notSent, refused, rateLimited, errorBefore, errorAfter, unreadable, silent, late: Int
  var verifyFails, inspectFails, writeFails, writeLies, notReady, quiet: Int
  var crashAtStep, incidentAtRoll: Int
  var incidentEvery: TimeSpan

  init(_ dice: inout Dice, period: TimeSpan) {
    func rate(_ dice: inout Dice, _ high: Int) -> Int { dice.pick([0, 0, high / 10, high]) }
    settleTime = dice.pick([.seconds(10), .seconds(30), .seconds(30), .minutes(2)])
    propagation = dice.span(.zero, TimeSpan(microseconds: settleTime.microseconds / 3))
    latest = settleTime - propagation - .milliseconds(500)
    isVeryLate = dice.chance(2_000)
    if isVeryLate {
      latest = TimeSpan(microseconds: settleTime.microseconds * 20) - propagation - .minutes(1)
    }
    self.period = period
    jitter = dice.pick([.zero, .minutes(10), .hours(6)])
    destinations = 1 + dice.below(3)
    kinds = dice.pick([[.single], [.single], [.pair], [.replacement], Kind.allCases, Kind.allCases])
    grace = dice.pick([.zero, .hours(1), .hours(1), .days(1)])
    isReadable = dice.chance(8_000)
    modifiedInSeconds = dice.chance(5_000)
    tellsModified = dice.chance(9_000)
    requests = dice.pick([1_200, 1_200, 12])
    notSent = rate(&dice, 2_000)
    refused = rate(&dice, 1_000)
    rateLimited = rate(&dice, 1_000)
    errorBefore = rate(&dice, 2_000)
    errorAfter = rate(&dice, 2_000)
    unreadable = rate(&dice, 1_000)
    silent = rate(&dice, 2_000)
    late = rate(&dice, 2_000)
    verifyFails = rate(&dice, 3_000)
    inspectFails = rate(&dice, 2_000)
    writeFails = rate(&dice, 1_000)
    writeLies = rate(&dice, 500)
    notReady = rate(&dice, 2_000)
    quiet = rate(&dice, 1_000)
    crashAtStep = rate(&dice, 300)
    incidentAtRoll = rate(&dice, 1_500)
    incidentEvery = dice.pick([.days(3), .days(20), .days(100)])
  }

  /// The same world on its good days.
  var calm: Profile {
    var calm = self
    calm.isVeryLate = false
    calm.notSent = 0
    calm.refused = 0
    calm.rateLimited = 0
    calm.errorBefore = 0
    calm.errorAfter = 0
    calm.unreadable = 0
    calm.silent = 0
    calm.late = 0
    calm.verifyFails = 0
    calm.inspectFails = 0
    calm.writeFails = 0
    calm.writeLies = 0
    calm.notReady = 0
    calm.quiet = 0
    calm.crashAtStep = 0
    calm.incidentAtRoll = 0
    return calm
  }
}
