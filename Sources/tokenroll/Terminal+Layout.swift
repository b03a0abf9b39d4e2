extension Terminal {
  /// Prints a table, broken to the width of a terminal; where standard output is none, each row stays a line.
  static func print(_ table: Table) { print(table.text(width: isInteractive ? width : nil)) }

  /// The columns that `text` takes on a terminal: two for each wide character (Unicode Standard Annex #11), none for a mark.
  static func columns(of text: String) -> Int {
    text.utf8.allSatisfy { $0 < 0x80 } ? text.utf8.count : text.reduce(0) { $0 + columns(of: $1) }
  }

  private static func columns(of character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    if scalar.properties.isEmojiPresentation { return 2 }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
      0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0xFFE0...0xFFE6, 0x17000...0x18CFF, 0x1B000...0x1B2FF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }

  /// `text` after `first`, in lines of at most `width` columns that are broken at blanks; the others are indented.
  static func wrapped(_ text: String, first: String, indent: Int, width: Int) -> [String] {
    var lines: [String] = []
    var line = first
    var isFresh = true
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if !isFresh, columns(of: line) + 1 + columns(of: String(word)) > width {
        lines.append(line)
        line = String(repeating: " ", count: indent)
        isFresh = true
      }
      if isFresh, word.isEmpty { continue }
      line += (isFresh ? "" : " ") + word
      isFresh = false
    }
    return lines + [line]
  }
}
