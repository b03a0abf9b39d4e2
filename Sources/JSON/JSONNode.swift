/// A value in a document; it keeps the document alive.
public struct JSONNode: Sendable {
  /// What a value is.
  public enum Kind: Sendable, CaseIterable {
    /// An object.
    case object
    /// An array.
    case array
    /// A string.
    case string
    /// A number.
    case number
    /// `true` or `false`.
    case boolean
    /// `null`.
    case null
  }

  let storage: JSONStorage
  let index: Int

  private var word: JSONWord { storage.tape[index] }

  /// What the value is.
  public var kind: Kind {
    switch word.kind {
    case .object: .object
    case .array: .array
    case .plainString, .escapedString: .string
    case .number: .number
    case .true, .false: .boolean
    case .null: .null
    }
  }

  /// Where the value begins in the text, in bytes.
  public var offset: Int { word.offset }

  /// Where the value begins; counted from the beginning of the text at each call.
  public var position: JSONPosition {
    JSONPosition.locate([offset], in: storage.text).first ?? JSONPosition(line: 1, column: 1)
  }
}

// MARK: - Scalars

extension JSONNode {
  private var jsonString: JSONString? {
    kind == .string ? JSONString(word, in: storage.text) : nil
  }

  /// The string, decoded; nil where the value is none.
  public var string: String? { jsonString?.value }

  /// Lends a string's decoded bytes without a `String` of them, for secrets; nil where the value is none.
  public func withUTF8<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result? {
    guard let jsonString else { return nil }
    return try jsonString.withUTF8(body)
  }

  /// `true` or `false`; nil where the value is neither.
  public var boolean: Bool? {
    switch word.kind {
    case .true: true
    case .false: false
    default: nil
    }
  }

  private var numberText: String? {
    guard word.kind == .number else { return nil }
    return String(decoding: storage.text[word.offset..<word.offset + word.extent], as: UTF8.self)
  }

  /// The number where it is written as an integer that 64 bits hold; nil for `1.0`, `1e3` and what is no number.
  public var integer: Int64? { numberText.flatMap { Int64($0) } }

  /// The number, rounded to the nearest that there is; nil where it is too large, and for what is no number.
  public var double: Double? {
    numberText.flatMap { Double($0) }.flatMap { $0.isFinite ? $0 : nil }
  }
}

// MARK: - Containers

extension JSONNode {
  /// The elements of an array; none where the value is no array.
  public var elements: JSONElements {
    JSONElements(storage: storage, range: word.kind == .array ? content : index..<index)
  }

  /// The members of an object, in their order; none where the value is no object.
  public var members: JSONMembers {
    JSONMembers(storage: storage, range: word.kind == .object ? content : index..<index)
  }

  /// The members whose key an earlier member of the object has too (only where the limits keep them).
  public var repeatedMembers: [JSONMember] {
    guard word.kind == .object else { return [] }
    return JSONKeys(text: storage.text, tape: storage.tape, object: index).repeated()
      .map { JSONMember(storage: storage, index: $0) }
  }

  /// The value of the first member `key`; nil where there is none or the value is no object.
  public subscript(key: String) -> JSONNode? {
    members.first { $0.hasKey(key) }?.value
  }

  private var content: Range<Int> { index + 1..<index + word.extent }
}
