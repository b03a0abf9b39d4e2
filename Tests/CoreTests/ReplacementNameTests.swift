import Core
import Testing

/// The names of tokens that are created in the place of others.
struct ReplacementNameTests {
  private static let first = RollID(high: 1, low: 2)
  private static let second = RollID(high: 3, low: 4)

  @Test func theMarkOfARollTakesThePlaceOfAnEarlierOne() {
    let name = ReplacementName.make(after: "edge", Self.first)
    #expect(name == "edge (tokenroll 00000000000000010000000000000002)")
    #expect(
      ReplacementName.make(after: name, Self.second) == "edge (tokenroll 00000000000000030000000000000004)")
  }

  @Test func aNameIsRecognisedByItsRollAlone() {
    let name = ReplacementName.make(after: "edge", Self.first)
    #expect(ReplacementName.isMade(name, by: Self.first))
    #expect(!ReplacementName.isMade(name, by: Self.second))
    #expect(!ReplacementName.isMade("edge", by: Self.first))
  }

  @Test(arguments: [
    "", "x)", "edge (tokenroll 12)", "edge (tokenroll zz)", "(tokenroll 00000000000000010000000000000002)",
  ])
  func whatIsNoMarkStays(name: String) {
    #expect(ReplacementName.make(after: name, Self.first).hasPrefix(name))
  }

  @Test(arguments: [75, 76, 120]) func noNameIsLongerThanTheAPITakes(count: Int) {
    let long = String(repeating: "ä", count: count)
    let name = ReplacementName.make(after: long, Self.first)
    #expect(name.unicodeScalars.count == ReplacementName.longest)
    #expect(ReplacementName.isMade(name, by: Self.first))
    #expect(ReplacementName.make(after: name, Self.second).unicodeScalars.count == ReplacementName.longest)
  }
}
