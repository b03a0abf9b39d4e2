import Configuration
import Core
import Store
import Testing

@testable import Daemon

/// Where the token of a row is found.
@Suite struct SlotsByRowTests {
  private static func record(_ row: Int64) -> TokenRecord {
    TokenRecord(row: row, accountID: "account", tokenID: "t\(row)", firstSeen: Timestamp(seconds: 0))
  }

  private static func slot(_ row: Int64, twin: Int64? = nil, isConfigured: Bool = true) -> Rotator.Slot {
    let entry = Entry(
      name: "entry-\(row)", accountID: "account", tokenID: "t\(row)", credential: "main",
      schedule: Schedule(.every(.days(30))), publish: [])
    return Rotator.Slot(
      entry: entry, records: TokenRecords(record(row), twin.map(record)), isConfigured: isConfigured)
  }

  @Test func everyRowIsFoundAndNoOther() {
    let rows: [Int64] = [30, 10, 50, 20, 40]
    let places = SlotsByRow(rows.map { Self.slot($0) })
    for (index, row) in rows.enumerated() {
      #expect(places[row] == index)
      #expect(places[row - 1] == nil && places[row + 1] == nil)
    }
    #expect(SlotsByRow()[0] == nil)
  }

  @Test func bothTokensOfAPairAreInItsSlot() {
    let places = SlotsByRow([Self.slot(1), Self.slot(7, twin: 2), Self.slot(3)])
    #expect(places[2] == 1 && places[7] == 1 && places[1] == 0 && places[3] == 2)
  }

  /// Two entries with a roll in hand each were made a pair: what is left of them comes behind it.
  @Test func ofTwoWithTheSameTokenTheFirstCounts() {
    let places = SlotsByRow([
      Self.slot(1, twin: 2), Self.slot(2, isConfigured: false), Self.slot(1, isConfigured: false),
    ])
    #expect(places[1] == 0 && places[2] == 0)
  }
}
