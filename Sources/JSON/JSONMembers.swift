/// The members of an object.
public struct JSONMembers: Sequence, IteratorProtocol, Sendable {
  let storage: JSONStorage
  var range: Range<Int>

  /// The next member.
  public mutating func next() -> JSONMember? {
    guard let index = range.first else { return nil }
    range = index + 1 + storage.tape[index + 1].words..<range.upperBound
    return JSONMember(storage: storage, index: index)
  }
}
