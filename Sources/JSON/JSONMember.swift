/// A member of an object.
public struct JSONMember: Sendable {
  let storage: JSONStorage
  let index: Int

  private var word: JSONWord { storage.tape[index] }

  /// The key, decoded.
  public var key: String { JSONString(word, in: storage.text).value }

  /// True where the key is `name`; makes no `String` of it.
  public func hasKey(_ name: String) -> Bool {
    JSONString(word, in: storage.text).withUTF8 { $0.elementsEqual(name.utf8) }
  }

  /// Where the key begins in the text, in bytes, at its quotation mark.
  public var keyOffset: Int { word.offset }

  /// Where the key begins; counted from the beginning of the text at each call.
  public var keyPosition: JSONPosition {
    JSONPosition.locate([keyOffset], in: storage.text).first ?? JSONPosition(line: 1, column: 1)
  }

  /// The value.
  public var value: JSONNode { JSONNode(storage: storage, index: index + 1) }
}
