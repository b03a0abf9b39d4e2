import Configuration
import Testing

/// `token_ids`: two tokens of one entry, each in no other.
@Suite struct PairTests {
  private static func problems(_ ids: String, token: String = "", more: String = "") -> [String] {
    Sample([.token: token, .credential: "\"main\", \"token_ids\": \(ids)", .publish: publish + more])
      .problems()
  }

  private static let publish = #"[{"file": "/srv/edge"}]"#

  private static func other(_ member: String) -> String {
    #"},\#n{"name": "other", "account_id": "0123456789abcdef0123456789abcdef", \#(member), "credential": "main", "#
      + #""schedule": {"every": "1d"}, "publish": [{"file": "/srv/other"}]"#
  }

  @Test func aPairHasBothTokens() throws {
    let entry = try #require(
      try Sample([.token: "", .credential: #""main", "token_ids": ["a1", "b2"]"#]).decoded().tokens.first)
    #expect(entry.tokenID == "a1" && entry.twinID == "b2" && entry.tokenIDs == ["a1", "b2"])
    let single = try #require(try Sample().decoded().tokens.first)
    #expect(single.twinID == nil && single.tokenIDs == ["t1"])
  }

  @Test(arguments: [
    (#""a1""#, "5:36: tokens[0].token_ids: must be an array of two tokens' ids, not a string"),
    (
      "[]", #"5:36: tokens[0].token_ids: has 0 ids; a pair has exactly two, and a single token is "token_id""#
    ),
    (
      #"["a1"]"#,
      #"5:36: tokens[0].token_ids: has 1 id; a pair has exactly two, and a single token is "token_id""#
    ),
    (
      #"["a1", "b2", "c3"]"#,
      #"5:36: tokens[0].token_ids: has 3 ids; a pair has exactly two, and a single token is "token_id""#
    ),
    (#"["a1", "a1"]"#, "5:43: tokens[0].token_ids[1]: a pair is of two different tokens"),
    (
      #"["a1", "B2"]"#,
      "5:43: tokens[0].token_ids[1]: has a character of another kind; a token's id has 1 to 32 lower-case letters and digits"
    ),
    (#"["a1", 2]"#, "5:43: tokens[0].token_ids[1]: must be a string, not a number"),
  ])
  func whatIsNoPairIsRefused(ids: String, problem: String) {
    #expect(Self.problems(ids) == [problem])
  }

  @Test func anEntryHasOneTokenOrTwo() {
    #expect(
      Self.problems(#"["a1", "b2"]"#, token: #""t1""#) == [
        #"2:12: tokens[0]: has both "token_id" and "token_ids"; a single token has the one, a pair the other"#
      ])
  }

  @Test(arguments: [#""token_id": "b2""#, #""token_ids": ["c3", "b2"]"#, #""token_ids": ["b2", "c3"]"#])
  func noTokenIsInTwoEntries(member: String) {
    let problems = Self.problems(#"["a1", "b2"]"#, more: Self.other(member))
    #expect(problems.count == 1)
    #expect(problems.first?.hasSuffix("this token has an entry already, tokens[0]") == true, "\(problems)")
  }
}
