/// The elements of an array.
public struct JSONElements: Sequence, IteratorProtocol, Sendable {
  let storage: JSONStorage
  var range: Range<Int>

  /// The next element.
  public mutating func next() -> JSONNode? {
    guard let index = range.first else { return nil }
    range = index + storage.tape[index].words..<range.upperBound
    return JSONNode(storage: storage, index: index)
  }
}
