import Core
import Store
import Testing

@testable import Daemon

/// What is known of tokens while slots are arranged, and how it is found.
@Suite struct KnownTokensTests {
  private static func record(_ id: String, row: Int64, account: String = "a", enrolled: String? = nil)
    -> TokenRecord
  {
    var record = TokenRecord(row: row, accountID: account, tokenID: id, firstSeen: Timestamp(seconds: 0))
    record.enrolledID = enrolled
    return record
  }

  /// The rows of the tokens `ids` of the account "a", asked for in this order; nil for those that are not known.
  private static func rows(_ ids: [String], _ known: inout KnownTokens) -> [Int64?] {
    ids.map { id in known.place(of: id, in: "a").map { known.tokens[$0].record.row } }
  }

  private static func known(_ ids: [String]) -> KnownTokens {
    var known = KnownTokens(capacity: ids.count)
    for (index, id) in ids.enumerated() {
      known.take(record(id, row: Int64(index)), slot: index, mayRepeat: false)
    }
    return known
  }

  @Test(arguments: [
    ["x", "y", "z"], ["z", "y", "x"], ["x", "z", "y"], ["x", "new", "y", "z"], ["y", "z", "new", "x", "x"],
    ["z", "z"],
  ]) func eachIsFoundInWhateverOrder(asked: [String]) {
    var known = Self.known(["x", "y", "z"])
    let expected = asked.map { ["x": 0, "y": 1, "z": 2][$0] as Int64? }
    #expect(Self.rows(asked, &known) == expected)
    #expect(Self.rows(asked, &known) == expected)
  }

  @Test func aTokenIsThatOfItsAccount() {
    var known = Self.known(["x"])
    known.take(Self.record("x", row: 7, account: "b"), slot: nil, mayRepeat: false)
    #expect(known.place(of: "x", in: "b") == 1)
    #expect(known.place(of: "x", in: "a") == 0)
    #expect(known.place(of: "x", in: "c") == nil)
  }

  @Test func nothingIsFoundWhereNothingIsKnown() {
    var known = KnownTokens(capacity: 0)
    #expect(known.place(of: "x", in: "a") == nil)
    known.take([Self.record("x", row: 3)])
    #expect(Self.rows(["x"], &known) == [3])
  }

  @Test func aTokenThatTookThePlaceOfAnotherIsFoundByTheIdsOfBoth() {
    var known = Self.known(["x", "y"])
    #expect(!known.hasReplaced)
    known.take(Self.record("new", row: 5, enrolled: "old"), slot: 2, mayRepeat: false)
    #expect(known.hasReplaced)
    #expect(Self.rows(["old", "x", "new", "y"], &known) == [5, 0, 5, 1])
    known.forgetEnrolled(2)
    #expect(known.tokens[2].record.enrolledID == nil)
  }

  /// The state has its own copies of what the slots know better.
  @Test(arguments: [["x", "y", "z"], ["z", "y", "x"]])
  func whatASlotKnowsGoesBeforeWhatTheStateKnows(asked: [String]) {
    var known = Self.known(["x", "y"])
    known.take([
      Self.record("x", row: 100), Self.record("y", row: 101), Self.record("z", row: 102),
    ])
    #expect(Self.rows(asked, &known) == asked.map { ["x": 0, "y": 1, "z": 102][$0] as Int64? })
    #expect(known.place(of: "x", in: "a").flatMap { known.tokens[$0].slot } == 0)
    #expect(known.place(of: "z", in: "a").flatMap { known.tokens[$0].slot } == nil)
  }

  /// A roll is brought to its end under an entry that is gone, while its token is that of a pair already.
  @Test func ofTwoSlotsWithATokenTheFirstCountsAndOneThatHasNoPlaceForItTakesNone() {
    var known = KnownTokens(capacity: 3)
    known.take(Self.record("x", row: 0), slot: 9, mayRepeat: true)
    known.take(Self.record("y", row: 1), slot: 0, mayRepeat: false)
    known.take(Self.record("x", row: 50), slot: nil, mayRepeat: false)
    #expect(Self.rows(["x", "y", "x"], &known) == [0, 1, 0])
    #expect(known.tokens[0].slot == 9)
  }
}
