import Configuration
import Store
import Testing

@testable import Daemon

/// What is kept for each entry that waits, in bytes beside its strings and its share of what entries have in common.
///
/// A hundred thousand of each are to fit into a kilobyte an entry (docs/performance.md). A member more costs eight bytes or
/// sixteen: what most entries have in common belongs into the terms that they share, and what most do not have elsewhere.
@Suite struct FootprintTests {
  @Test func anEntryStaysSmall() {
    #expect(MemoryLayout<Entry>.stride <= 56)
    #expect(MemoryLayout<Destination>.stride <= 24)
    #expect(MemoryLayout<TokenRecord>.stride <= 144)
    #expect(MemoryLayout<Rotator.Slot>.stride <= 232)
  }
}
