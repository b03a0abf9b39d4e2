/// The keys of one object on a tape, compared as they read when decoded.
struct JSONKeys {
  let text: UnsafeRawBufferPointer
  let tape: [JSONWord]
  let object: Int

  /// The indices of the keys that an earlier member has too, in their order.
  func repeated() -> [Int] {
    let keys = indices()
    return keys.count <= 16 ? repeatedByPairs(keys) : repeatedByTable(keys)
  }

  private func indices() -> [Int] {
    let end = object + tape[object].extent
    var keys: [Int] = []
    var index = object + 1
    while index < end {
      keys.append(index)
      index += 1 + tape[index + 1].words
    }
    return keys
  }

  private func string(_ key: Int) -> JSONString { JSONString(tape[key], in: text) }

  private func repeatedByPairs(_ keys: [Int]) -> [Int] {
    keys.indices.compactMap { later in
      let key = string(keys[later])
      return keys[..<later].contains { string($0).equals(key) } ? keys[later] : nil
    }
  }

  /// An open-addressed table of key indices, at most half full; 0 is an empty place, for no key is the first word.
  private func repeatedByTable(_ keys: [Int]) -> [Int] {
    var size = 64
    while size < keys.count * 2 { size *= 2 }
    var table = [UInt32](repeating: 0, count: size)
    return keys.filter { index in
      let key = string(index)
      var place = key.hash & (size - 1)
      while table[place] != 0 {
        if string(Int(table[place])).equals(key) { return true }
        place = (place + 1) & (size - 1)
      }
      table[place] = UInt32(index)
      return false
    }
  }
}
