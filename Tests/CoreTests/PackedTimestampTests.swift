import Core
import Testing

@Suite struct PackedTimestampTests {
  @Test(arguments: [
    nil, Timestamp(microseconds: 0), Timestamp(microseconds: -1), Timestamp(microseconds: .max),
    Timestamp(microseconds: .min + 1),
  ])
  func aTimeComesBackAsItWasKept(_ time: Timestamp?) {
    #expect(PackedTimestamp(wrappedValue: time).wrappedValue == time)
    var packed = PackedTimestamp(wrappedValue: Timestamp(seconds: 7))
    packed.wrappedValue = time
    #expect(packed.wrappedValue == time && packed == PackedTimestamp(wrappedValue: time))
  }

  @Test func itNeedsNoMoreThanATimeThatIsThere() {
    #expect(MemoryLayout<PackedTimestamp>.stride == MemoryLayout<Timestamp>.stride)
  }
}
