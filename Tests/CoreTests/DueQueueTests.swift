import Core
import Testing

struct DueQueueTests {
  @Test(arguments: 1...20)
  func queueAgreesWithASortedList(seed: Int) {
    var numbers = SplitMix64(seed: UInt64(seed))
    var queue = DueQueue<Int>()
    var model: [Int: Int] = [:]
    for _ in 0..<3_000 {
      let slot = Int.random(in: 0..<40, using: &numbers)
      switch Int.random(in: 0..<5, using: &numbers) {
      case 0:
        queue.remove(slot)
        model[slot] = nil
      case 1:
        if let first = queue.first {
          queue.remove(first.slot)
          model[first.slot] = nil
        }
      default:
        // Few times, so that many are the same.
        let time = Int.random(in: 0..<12, using: &numbers)
        queue.set(slot, to: time)
        model[slot] = time
      }
      let expected = model.min { ($0.value, $0.key) < ($1.value, $1.key) }
      #expect(queue.first?.slot == expected?.key)
      #expect(queue.first?.time == expected?.value)
      #expect(queue.count == model.count)
      #expect(queue[slot] == model[slot])
    }
  }

  @Test func slotsThatWereNeverSetHaveNoTime() {
    var queue = DueQueue<Int>()
    queue.remove(7)
    #expect(queue[7] == nil)
    #expect(queue.first == nil)
  }

  @Test func equalTimesComeInTheOrderOfTheirSlots() {
    var queue = DueQueue<Int>()
    for slot in [5, 2, 9, 0, 7] { queue.set(slot, to: 1) }
    var order: [Int] = []
    while let first = queue.first {
      order.append(first.slot)
      queue.remove(first.slot)
    }
    #expect(order == [0, 2, 5, 7, 9])
  }
}
