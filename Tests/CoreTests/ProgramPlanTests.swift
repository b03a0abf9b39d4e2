import Core
import Testing

/// Whose turn it is to run a program, without a clock and without a process.
@Suite struct ProgramPlanTests {
  private func debt(
    _ program: String, _ token: Int64 = 1, roll: UInt64 = 1, on occasion: ProgramOccasion = .published
  ) -> ProgramDebt {
    ProgramDebt(
      program: program, occasion: occasion, token: token, entry: "entry-\(token)",
      roll: RollID(high: 0, low: roll))
  }

  /// What begins now.
  private func begun(_ plan: inout ProgramPlan) -> [ProgramDebt] {
    var debts: [ProgramDebt] = []
    while let debt = plan.begin() { debts.append(debt) }
    return debts
  }

  @Test func theProgramsOfOneTokenRunOneAfterAnotherInTheirOrder() {
    var plan = ProgramPlan()
    for name in ["/a", "/b", "/c"] { plan.owe(debt(name)) }
    for name in ["/a", "/b", "/c"] {
      #expect(begun(&plan) == [debt(name)])
      #expect(begun(&plan) == [])
      plan.succeed(debt(name))
    }
    #expect(begun(&plan) == [])
    #expect(!plan.isBusy)
  }

  @Test func thoseOfSeveralTokensRunSideBySideUpToABound() {
    var plan = ProgramPlan()
    for token in 1...6 as ClosedRange<Int64> {
      plan.owe(debt("/a", token))
      plan.owe(debt("/b", token))
    }
    #expect(begun(&plan) == (1...4).map { debt("/a", $0) })
    plan.succeed(debt("/a", 2))
    // Whoever waits longer comes first.
    #expect(begun(&plan) == [debt("/a", 5)])
    plan.fail(debt("/a", 1), "no")
    #expect(begun(&plan) == [debt("/a", 6)])
    plan.succeed(debt("/a", 3))
    #expect(begun(&plan) == [debt("/b", 2)])
  }

  @Test func aFailureIsKeptAndNotRunAgainUnlessAsked() throws {
    var plan = ProgramPlan()
    plan.owe(debt("/a"))
    plan.owe(debt("/b"))
    #expect(begun(&plan) == [debt("/a")])
    let isKept = plan.fail(debt("/a"), "exit status 3")
    #expect(isKept)
    #expect(begun(&plan) == [debt("/b")])
    plan.succeed(debt("/b"))
    #expect(begun(&plan) == [])
    #expect(plan.failing == 1)
    let item = try #require(plan.items(of: 1).first)
    #expect(item.stage == .failed)
    #expect(item.failures == 1)
    #expect(item.trouble == "exit status 3")
    #expect(!plan.isBusy)

    let ofAnother = plan.retry(2)
    #expect(!ofAnother)
    let isRetried = plan.retry(1)
    #expect(isRetried)
    #expect(begun(&plan) == [debt("/a")])
    // While it runs there is nothing to ask for.
    let whileRunning = plan.retry(1)
    #expect(!whileRunning)
    let failures = plan.succeed(debt("/a"))
    #expect(failures == 1)
    #expect(plan.failing == 0)
    #expect(plan.items(of: 1) == [])
  }

  @Test func aLaterRollTakesThePlaceOfAnEarlierOneThatWaitsOrFailed() {
    var plan = ProgramPlan()
    plan.owe(debt("/a", roll: 1))
    plan.owe(debt("/a", roll: 2))
    #expect(begun(&plan) == [debt("/a", roll: 2)])
    plan.fail(debt("/a", roll: 2), "no")
    plan.owe(debt("/a", roll: 3))
    #expect(begun(&plan) == [debt("/a", roll: 3)])
    // What is known of it is its failure still, until it succeeds.
    #expect(plan.failing == 1)
    let failures = plan.succeed(debt("/a", roll: 3))
    #expect(failures == 1)
    #expect(begun(&plan) == [])
  }

  @Test func aRollThatComesDuringARunIsRunForAfterIt() {
    var plan = ProgramPlan()
    plan.owe(debt("/a", roll: 1))
    #expect(begun(&plan) == [debt("/a", roll: 1)])
    plan.owe(debt("/a", roll: 2))
    plan.owe(debt("/a", roll: 3))
    #expect(begun(&plan) == [])
    // The failure of what is run again anyway is not kept.
    let isKept = plan.fail(debt("/a", roll: 1), "no")
    #expect(!isKept)
    #expect(begun(&plan) == [debt("/a", roll: 3)])
    plan.succeed(debt("/a", roll: 3))
    #expect(plan.items(of: 1) == [])
  }

  @Test func occasionsAreApart() {
    var plan = ProgramPlan()
    plan.owe(debt("/a", on: .failure))
    plan.owe(debt("/a", on: .recovery))
    #expect(begun(&plan) == [debt("/a", on: .failure)])
    plan.succeed(debt("/a", on: .failure))
    #expect(begun(&plan) == [debt("/a", on: .recovery)])
  }

  @Test func whatIsNotWantedAnyMoreIsDropped() {
    var plan = ProgramPlan()
    for name in ["/a", "/b", "/c"] { plan.owe(debt(name)) }
    #expect(begun(&plan) == [debt("/a")])
    let dropped = plan.drop { $0.program == "/c" }
    #expect(dropped == [debt("/b")])
    // What runs ends by itself, and its failure is nobody's.
    let isKept = plan.fail(debt("/a"), "no")
    #expect(!isKept)
    #expect(plan.failing == 0)
    #expect(begun(&plan) == [debt("/c")])
  }

  @Test func aTokenThatCameTwiceHasOneTurn() {
    var plan = ProgramPlan()
    plan.owe(debt("/a"))
    _ = plan.drop { _ in false }
    plan.owe(debt("/a"))
    plan.owe(debt("/b"))
    #expect(begun(&plan) == [debt("/a")])
  }

  @Test func aRestartTakesUpWhatWasLeft() {
    var plan = ProgramPlan()
    plan.restore(ProgramPlan.Item(debt: debt("/a"), failures: 2, trouble: "no", isFailed: true))
    plan.restore(ProgramPlan.Item(debt: debt("/b")))
    #expect(plan.failing == 1)
    #expect(plan.isBusy)
    #expect(begun(&plan) == [debt("/b")])
    let isRetried = plan.retry(1)
    #expect(isRetried)
    #expect(begun(&plan) == [])
    plan.succeed(debt("/b"))
    #expect(begun(&plan) == [debt("/a")])
    let failures = plan.succeed(debt("/a"))
    #expect(failures == 2)
  }
}
