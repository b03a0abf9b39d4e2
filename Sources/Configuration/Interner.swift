/// Keeps one copy of equal values, so that many entries share its storage.
struct Interner<Value: Hashable> {
  private var kept: Set<Value> = []

  /// The copy that is kept of a value equal to `value`.
  mutating func shared(_ value: Value) -> Value { kept.insert(value).memberAfterInsert }
}
