import JSON

/// The faults in force, in the order in which they were given; the first that applies to a call is used.
struct FaultPlan: Sendable {
  private struct Entry: Sendable {
    let id: Int
    var fault: Fault
    var hits = 0
  }

  private var entries: [Entry] = []
  private var lastID = 0
  private var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  /// Adds a fault; the answer is its number.
  mutating func add(_ fault: Fault) -> Int {
    lastID += 1
    entries.append(Entry(id: lastID, fault: fault))
    return lastID
  }

  mutating func removeAll() { entries = [] }

  /// Removes a fault; false where there is none of this number.
  mutating func remove(_ id: Int) -> Bool {
    let before = entries.count
    entries.removeAll { $0.id == id }
    return entries.count < before
  }

  /// The fault that applies to this call, which is counted.
  mutating func take(_ call: Call, account: String, token: String?) -> (id: Int, fault: Fault)? {
    guard !entries.isEmpty else { return nil }
    for index in entries.indices
    where entries[index].fault.filter.matches(call, account: account, token: token) {
      if entries[index].fault.skip > 0 {
        entries[index].fault.skip -= 1
        continue
      }
      if let left = entries[index].fault.count, entries[index].hits >= left { continue }
      if entries[index].fault.probability < 1,
        Double.random(in: 0..<1, using: &generator) >= entries[index].fault.probability
      {
        continue
      }
      entries[index].hits += 1
      return (entries[index].id, entries[index].fault)
    }
    return nil
  }

  func write(to writer: inout JSONWriter) {
    writer.beginArray()
    for entry in entries {
      writer.beginObject()
      writer.member("id", entry.id)
      writer.member("fault", entry.fault.specification)
      writer.member("hits", entry.hits)
      if let count = entry.fault.count { writer.member("left", count - entry.hits) }
      writer.endObject()
    }
    writer.endArray()
  }
}
