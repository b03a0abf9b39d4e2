import Configuration
import Core
import Testing

/// `strategy` and `grace`.
@Suite struct StrategyTests {
  private static func sample(_ members: String) -> Sample { Sample([.token: "\"t1\", \(members)"]) }

  @Test(arguments: [
    (#""strategy": "roll""#, nil), (#""strategy": "replace""#, TimeSpan.hours(1)),
    (#""strategy": "replace", "grace": "0""#, .zero), (#""grace": "4w", "strategy": "replace""#, .days(28)),
  ])
  func aReplacedTokenStaysForItsGrace(members: String, grace: TimeSpan?) throws {
    #expect(try Self.sample(members).decoded().tokens.first?.grace == grace)
  }

  @Test(arguments: [
    (
      #""strategy": "swap""#,
      #"4:31: tokens[0].strategy: "swap" is none of "roll", "replace""#
    ),
    (
      #""grace": "1h""#,
      #"4:28: tokens[0].grace: "grace" is for an entry with "strategy": "replace"; a roll ends the old secret at once"#
    ),
    (
      #""strategy": "replace", "grace": "29d""#,
      #"4:51: tokens[0].grace: "29d" is out of range: 0 to 4w"#
    ),
    (
      #""strategy": "replace", "grace": 5"#,
      #"4:51: tokens[0].grace: must be a time span in quotation marks, such as "30d", not a number"#
    ),
  ])
  func whatCannotBeMeantIsRefused(members: String, problem: String) {
    #expect(Self.sample(members).problems() == [problem])
  }

  @Test func aCredentialIsNotReplaced() {
    let sample = Sample([
      .token: #""t1", "strategy": "replace""#,
      .credential: #""main", "provide": "main", "allow_self_roll": true"#,
    ])
    #expect(
      sample.problems().contains { $0.contains("tokens[0].strategy: a credential (\"provide\") is rolled") })
  }

  @Test func aPairIsNotReplaced() {
    let sample = Sample([
      .token: "", .credential: #""main", "token_ids": ["a1", "b2"], "strategy": "replace""#,
    ])
    let problems = sample.problems()
    #expect(problems.count == 1)
    #expect(problems.first?.contains("tokens[0].strategy: a pair (\"token_ids\") is never replaced") == true)
  }
}
