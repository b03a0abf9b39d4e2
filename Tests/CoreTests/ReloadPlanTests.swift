import Core
import Testing

/// When units are reloaded, without a clock and without a bus.
@Suite struct ReloadPlanTests {
  private let start = TimeSpan.seconds(1_000)

  private func debt(_ unit: String, _ token: Int64, roll: UInt64 = 1) -> ReloadDebt {
    ReloadDebt(unit: unit, token: token, entry: "entry-\(token)", roll: RollID(high: 0, low: roll))
  }

  /// The units that begin at `now`.
  private func begun(_ plan: inout ReloadPlan, at now: TimeSpan) -> [String] {
    var units: [String] = []
    while let unit = plan.begin(at: now) { units.append(unit) }
    return units
  }

  @Test func aBurstIsOneReload() throws {
    var plan = ReloadPlan()
    for token in 1...5 {
      plan.owe(debt("caddy.service", Int64(token)), at: start + .milliseconds(Int64(token)))
    }
    #expect(begun(&plan, at: start) == [])
    let wake = try #require(plan.wake)
    #expect(wake == start + .milliseconds(1) + ReloadPlan.gathering)
    #expect(begun(&plan, at: wake) == ["caddy.service"])
    let (paid, failures) = plan.succeed("caddy.service", at: wake + .seconds(1))
    #expect(Set(paid.map(\.token)) == [1, 2, 3, 4, 5])
    #expect(failures == 0)
    #expect(plan.wake == nil)
    #expect(plan.debtor("caddy.service", to: 1) == nil)
  }

  @Test func aSecretThatComesDuringAReloadIsReloadedForAfterIt() throws {
    var plan = ReloadPlan()
    plan.owe(debt("caddy.service", 1), at: start)
    let first = start + ReloadPlan.gathering
    #expect(begun(&plan, at: first) == ["caddy.service"])
    // Another entry's, and a newer one of the entry that the reload is for.
    plan.owe(debt("caddy.service", 2), at: first + .milliseconds(1))
    plan.owe(debt("caddy.service", 1, roll: 2), at: first + .milliseconds(2))
    #expect(plan.wake == nil)
    #expect(begun(&plan, at: first + .seconds(10)) == [])
    let former = plan.succeed("caddy.service", at: first + .seconds(1)).paid
    #expect(former == [debt("caddy.service", 1)])
    // A unit that cannot reload is restarted, which systemd allows only so often.
    #expect(plan.wake == first + ReloadPlan.spacing)
    #expect(begun(&plan, at: first + ReloadPlan.spacing) == ["caddy.service"])
    let paid = plan.succeed("caddy.service", at: first + ReloadPlan.spacing).paid
    #expect(Set(paid) == [debt("caddy.service", 2), debt("caddy.service", 1, roll: 2)])
    #expect(plan.wake == nil)
  }

  @Test func aFailureIsTriedAgainLaterAndLaterUntilItWorks() throws {
    var plan = ReloadPlan()
    plan.owe(debt("caddy.service", 1), at: start)
    var now = try #require(plan.wake)
    for failures in 1...4 {
      #expect(begun(&plan, at: now) == ["caddy.service"])
      let failure = plan.fail(
        "caddy.service", "no \(failures)", policy: .transient, random: 3_999_999, at: now)
      let failed = try #require(failure)
      #expect(failed.unit.failures == failures)
      #expect(failed.wait >= ReloadPlan.spacing)
      #expect(plan.failing == 1)
      let debtor = try #require(plan.debtor("caddy.service", to: 1))
      #expect(debtor.unit.trouble == "no \(failures)")
      #expect(debtor.due == now + failed.wait)
      // Another secret does not hurry a unit that does not work.
      plan.owe(debt("caddy.service", 2), at: now)
      #expect(plan.wake == now + failed.wait)
      now = now + failed.wait
    }
    #expect(begun(&plan, at: now) == ["caddy.service"])
    let (paid, failures) = plan.succeed("caddy.service", at: now)
    #expect(paid.count == 2)
    #expect(failures == 4)
    #expect(plan.failing == 0)
    #expect(plan.wake == nil)
  }

  @Test func whatWaitsAfterAFailureCanBeHastened() throws {
    var plan = ReloadPlan()
    plan.owe(debt("caddy.service", 1), at: start)
    let tooEarly = plan.hasten(1, ["caddy.service"], at: start)
    #expect(!tooEarly)
    let now = try #require(plan.wake)
    #expect(begun(&plan, at: now) == ["caddy.service"])
    _ = plan.fail("caddy.service", "no", policy: .refused, random: 0, at: now)
    let ofAnother = plan.hasten(2, ["caddy.service"], at: now)
    #expect(!ofAnother)
    let hastened = plan.hasten(1, ["other.service", "caddy.service"], at: now)
    #expect(hastened)
    #expect(begun(&plan, at: now) == ["caddy.service"])
    let underWay = plan.hasten(1, ["caddy.service"], at: now)
    #expect(!underWay)
  }

  @Test func noMoreUnitsThanTheCapAreReloadedAtOnce() throws {
    var plan = ReloadPlan()
    let units = (1...ReloadPlan.mostAtOnce + 2).map { "unit-\($0).service" }
    for unit in units { plan.owe(debt(unit, 1), at: start) }
    let now = try #require(plan.wake)
    #expect(begun(&plan, at: now) == Array(units.prefix(ReloadPlan.mostAtOnce)))
    #expect(plan.wake == nil)
    _ = plan.succeed(units[3], at: now)
    #expect(plan.wake == now)
    #expect(begun(&plan, at: now) == [units[ReloadPlan.mostAtOnce]])
  }

  @Test func whatIsNotWantedAnyMoreIsDropped() throws {
    var plan = ReloadPlan()
    plan.owe(debt("caddy.service", 1), at: start)
    plan.owe(debt("caddy.service", 2), at: start)
    plan.owe(debt("gone.service", 1), at: start)
    let now = start + ReloadPlan.gathering
    #expect(begun(&plan, at: now) == ["caddy.service", "gone.service"])
    let failed = plan.fail("gone.service", "no", policy: .urgent, random: 0, at: now)
    #expect(failed?.unit.failures == 1)
    let dropped = plan.drop { $0.unit == "caddy.service" && $0.token == 2 }
    #expect(Set(dropped) == [debt("caddy.service", 1), debt("gone.service", 1)])
    #expect(plan.failing == 0)
    #expect(plan.wake == nil)
    #expect(plan.debtor("caddy.service", to: 2) != nil)
    // A failure of what nobody waits for any more is none.
    _ = plan.drop { _ in false }
    let unwanted = plan.fail("caddy.service", "no", policy: .urgent, random: 0, at: now)
    #expect(unwanted == nil)
    #expect(plan.failing == 0)
    #expect(plan.wake == nil)
  }
}
