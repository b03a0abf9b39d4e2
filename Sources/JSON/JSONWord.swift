/// One word of the tape: what a value or key is, where it begins, and its length or where the next one is.
///
/// An object is its word, then key, value, key, value, and so on; an array its word, then the elements.
struct JSONWord {
  enum Kind: UInt64 {
    case object, array, plainString, escapedString, number, `true`, `false`, null
  }

  /// The longest text whose offsets and extents fit.
  static let maxTextBytes = 1 << 30

  private var bits: UInt64

  init(_ kind: Kind, offset: Int, extent: Int) {
    bits = kind.rawValue << 61 | UInt64(offset) << 31 | UInt64(extent)
  }

  var kind: Kind { Kind(rawValue: bits >> 61) ?? .null }

  /// Where the value begins in the text; a string at its quotation mark.
  var offset: Int { Int(bits >> 31 & 0x3FFF_FFFF) }

  /// The bytes of a scalar in the text, a string's without its marks; the words of a container, its own counted.
  var extent: Int { Int(bits & 0x7FFF_FFFF) }

  /// The words from this one to the next value's.
  var words: Int { kind == .object || kind == .array ? extent : 1 }
}
