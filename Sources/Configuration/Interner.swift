/// Keeps one copy of equal values, so that many entries share its storage.
struct Interner<Value: Hashable> {
  private var kept: Set<Value> = []
  private var last: Value?

  /// The copy that is kept of a value equal to `value`.
  mutating func shared(_ value: Value) -> Value {
    // Neighbours are mostly equal, and comparing costs less than hashing.
    if let last, last == value { return last }
    let shared = kept.insert(value).memberAfterInsert
    last = shared
    return shared
  }
}
