/// A place in a text, as an editor shows it.
public struct JSONPosition: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The line, from 1; a line ends with a line feed.
  public var line: Int
  /// The column, from 1, in Unicode scalars.
  public var column: Int

  /// The place at `line` and `column`, both from 1.
  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  /// `line:column`.
  public var description: String { "\(line):\(column)" }

  /// True where `lhs` comes first in the text.
  public static func < (lhs: JSONPosition, rhs: JSONPosition) -> Bool {
    (lhs.line, lhs.column) < (rhs.line, rhs.column)
  }
}

extension JSONPosition {
  /// The places of `offsets` (ascending, in bytes) in `text`, found in one pass over it.
  package static func locate(_ offsets: some Sequence<Int>, in text: UnsafeRawBufferPointer) -> [JSONPosition]
  {
    var position = JSONPosition(line: 1, column: 1)
    var reached = 0
    return offsets.map { offset in
      let end = min(max(offset, reached), text.count)
      for index in reached..<end {
        if text[index] == UInt8(ascii: "\n") {
          position = JSONPosition(line: position.line + 1, column: 1)
        } else if text[index] & 0xC0 != 0x80 {
          position.column += 1
        }
      }
      reached = end
      return position
    }
  }
}
