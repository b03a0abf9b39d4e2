/// A JSON text, read strictly (RFC 8259), with the place of every value; its copy of the text is wiped at the end.
///
/// Refused beside what the RFC refuses: a byte order mark, bytes that are not UTF-8, an escaped surrogate without its
/// other half, and what goes beyond the limits. A document costs its text and 8 bytes a value or key.
public struct JSONDocument: Sendable {
  private let storage: JSONStorage

  /// Reads `text`; throws at the first thing that is wrong with it.
  public init(parsing text: UnsafeRawBufferPointer, limits: JSONLimits = JSONLimits()) throws(JSONError) {
    storage = try JSONStorage(copying: text, limits: limits)
  }

  /// Reads `text`; throws at the first thing that is wrong with it.
  public init(parsing text: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
    storage = try text.withUnsafeBytes { bytes in
      Result { () throws(JSONError) in try JSONStorage(copying: bytes, limits: limits) }
    }.get()
  }

  /// The value that is the text.
  public var root: JSONNode { JSONNode(storage: storage, index: 0) }

  /// The places of `offsets` (in bytes, ascending), found in one pass over the text.
  public func positions(at offsets: some Sequence<Int>) -> [JSONPosition] {
    JSONPosition.locate(offsets, in: storage.text)
  }
}
