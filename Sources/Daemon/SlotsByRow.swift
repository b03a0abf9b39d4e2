internal import Store

/// Where the tokens of each row are, in 12 bytes a token: two arrays in the order of the rows.
struct SlotsByRow {
  private var rows: [Int64] = []
  private var slots: [Int32] = []

  init() {}

  /// The places of `slots`; of two with the same token, that of the first counts.
  init(_ slots: [Rotator.Slot]) {
    var places: [(row: Int64, slot: Int32)] = []
    places.reserveCapacity(slots.count)
    for index in slots.indices {
      places.append((slots[index].records.inUse.row, Int32(index)))
      if let standby = slots[index].records.standby { places.append((standby.row, Int32(index))) }
    }
    places.sort { $0 < $1 }
    rows = places.map(\.row)
    self.slots = places.map(\.slot)
  }

  /// The slot that has the token of `row`; nil where none has.
  subscript(row: Int64) -> Int? {
    var range = 0..<rows.count
    while !range.isEmpty {
      let middle = (range.lowerBound + range.upperBound) / 2
      range = rows[middle] < row ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    let place = range.lowerBound
    return place < rows.count && rows[place] == row ? Int(slots[place]) : nil
  }
}
