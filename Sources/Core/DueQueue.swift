/// The earliest of many times, by slot: a binary heap in which a slot's time can be changed or taken out.
///
/// Setting, removing and taking the first are O(log n); slots are small integers, as the indices of an array. Inlinable,
/// for the generic code takes ten times as long.
public struct DueQueue<Time: Comparable & Sendable>: Sendable {
  @usableFromInline struct Item: Sendable {
    @usableFromInline var time: Time
    @usableFromInline var slot: Int32

    @inlinable init(time: Time, slot: Int32) {
      self.time = time
      self.slot = slot
    }
  }

  @usableFromInline var heap: [Item] = []
  /// For each slot its place in the heap, -1 where it has none.
  @usableFromInline var places: [Int32] = []

  /// An empty queue.
  @inlinable public init() {}

  /// The number of slots that have a time.
  @inlinable public var count: Int { heap.count }

  /// The slot with the earliest time; where several share it, the one with the lowest number.
  @inlinable public var first: (slot: Int, time: Time)? { heap.first.map { (Int($0.slot), $0.time) } }

  /// The time of `slot`.
  @inlinable public subscript(slot: Int) -> Time? {
    guard slot < places.count, places[slot] >= 0 else { return nil }
    return heap[Int(places[slot])].time
  }

  /// Gives `slot` (0 or more) a time, in the place of the one it had.
  @inlinable public mutating func set(_ slot: Int, to time: Time) {
    while places.count <= slot { places.append(-1) }
    let item = Item(time: time, slot: Int32(slot))
    let place = Int(places[slot])
    guard place >= 0 else {
      heap.append(item)
      places[slot] = Int32(heap.count - 1)
      rise(heap.count - 1)
      return
    }
    heap[place] = item
    sink(rise(place))
  }

  /// Takes the time of `slot` away, where it has one.
  @inlinable public mutating func remove(_ slot: Int) {
    guard slot < places.count, places[slot] >= 0 else { return }
    let place = Int(places[slot])
    places[slot] = -1
    let last = heap.removeLast()
    guard place < heap.count else { return }
    heap[place] = last
    places[Int(last.slot)] = Int32(place)
    sink(rise(place))
  }

  @inlinable func precedes(_ a: Item, _ b: Item) -> Bool {
    a.time < b.time || (!(b.time < a.time) && a.slot < b.slot)
  }

  @inlinable mutating func exchange(_ a: Int, _ b: Int) {
    heap.swapAt(a, b)
    places[Int(heap[a].slot)] = Int32(a)
    places[Int(heap[b].slot)] = Int32(b)
  }

  @inlinable @discardableResult mutating func rise(_ start: Int) -> Int {
    var place = start
    while place > 0, precedes(heap[place], heap[(place - 1) / 2]) {
      exchange(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
    return place
  }

  @inlinable mutating func sink(_ start: Int) {
    var place = start
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2]
      where child < heap.count && precedes(heap[child], heap[least]) {
        least = child
      }
      guard least != place else { return }
      exchange(place, least)
      place = least
    }
  }
}
