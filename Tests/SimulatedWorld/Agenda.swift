internal import Core

/// What is still to happen, by time; of two at the same time the one that was put down first goes first.
struct Agenda {
  private struct Item {
    var time: TimeSpan
    var number: UInt64
    var happening: Happening
  }

  private var heap: [Item] = []
  private var count: UInt64 = 0

  mutating func add(_ happening: Happening, at time: TimeSpan) {
    count += 1
    heap.append(Item(time: time, number: count, happening: happening))
    var place = heap.count - 1
    while place > 0, precedes(place, (place - 1) / 2) {
      heap.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  mutating func next() -> (time: TimeSpan, happening: Happening)? {
    guard let first = heap.first else { return nil }
    let last = heap.removeLast()
    guard !heap.isEmpty else { return (first.time, first.happening) }
    heap[0] = last
    var place = 0
    while true {
      var least = place
      let left = 2 * place + 1
      if left < heap.count, precedes(left, least) { least = left }
      if left + 1 < heap.count, precedes(left + 1, least) { least = left + 1 }
      guard least != place else { break }
      heap.swapAt(place, least)
      place = least
    }
    return (first.time, first.happening)
  }

  private func precedes(_ a: Int, _ b: Int) -> Bool {
    (heap[a].time, heap[a].number) < (heap[b].time, heap[b].number)
  }
}
