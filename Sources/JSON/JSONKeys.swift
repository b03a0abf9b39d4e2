/// The keys of one object on a tape, compared as they read when decoded.
struct JSONKeys {
  let text: UnsafeRawBufferPointer
  let tape: [JSONWord]
  let object: Int

  /// As many keys are compared with each other, which needs no memory.
  private static let few = 16

  /// The indices of the keys that an earlier member has too, in their order.
  func repeated() -> [Int] {
    var found: [Int] = []
    var count = 0
    var key = first
    while key < end {
      count += 1
      guard count <= Self.few else { return repeatedByTable() }
      if isRepeated(key) { found.append(key) }
      key = next(after: key)
    }
    return found
  }

  private var first: Int { object + 1 }
  private var end: Int { object + tape[object].extent }
  private func next(after key: Int) -> Int { key + 1 + tape[key + 1].words }
  private func string(_ key: Int) -> JSONString { JSONString(tape[key], in: text) }

  private func isRepeated(_ key: Int) -> Bool {
    let string = string(key)
    var earlier = first
    while earlier < key {
      if self.string(earlier).equals(string) { return true }
      earlier = next(after: earlier)
    }
    return false
  }

  /// An open-addressed table of key indices, at most half full; 0 is an empty place, for no key is the first word.
  private func repeatedByTable() -> [Int] {
    var size = 64
    // Each key has at least itself and its value on the tape.
    while size < tape[object].extent { size *= 2 }
    var table = [UInt32](repeating: 0, count: size)
    var found: [Int] = []
    var key = first
    while key < end {
      let string = string(key)
      var place = string.hash & (size - 1)
      while table[place] != 0, !self.string(Int(table[place])).equals(string) {
        place = (place + 1) & (size - 1)
      }
      if table[place] == 0 { table[place] = UInt32(key) } else { found.append(key) }
      key = next(after: key)
    }
    return found
  }
}
