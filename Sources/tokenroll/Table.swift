/// Columns of text, each as wide as its widest cell.
struct Table {
  private var rows: [[String]]
  private var styles: [Terminal.Style?] = [nil]

  init(_ header: [String]) { rows = [header] }

  /// Adds a row, in a style where the terminal has one.
  mutating func add(_ row: [String], style: Terminal.Style? = nil) {
    rows.append(row)
    styles.append(style)
  }

  /// All rows in lines of at most `width` columns; nil is without a limit.
  ///
  /// Where they do not fit, the last column is broken at blanks; where that has not room enough, the columns that do not
  /// fit stand below the others, indented.
  func text(width: Int?) -> String {
    let widths = rows[0].indices.map { column in rows.map { Terminal.columns(of: $0[column]) }.max() ?? 0 }
    let count = columnsInLine(widths, width)
    return zip(rows, styles).flatMap { row, style in
      lines(row, widths, count, width).map { Terminal.styled($0, style) }
    }.joined(separator: "\n")
  }

  /// The least room in which a text is broken into lines.
  private static let leastRoom = 24
  private static let indentation = 4

  /// How many columns stand side by side.
  private func columnsInLine(_ widths: [Int], _ width: Int?) -> Int {
    guard let width, Self.total(widths[...]) > width else { return widths.count }
    if Self.total(widths.dropLast()) + 2 + Self.leastRoom <= width { return widths.count }
    var count = widths.count - 1
    while count > 1, Self.total(widths.prefix(count)) > width { count -= 1 }
    return count
  }

  private static func total(_ widths: ArraySlice<Int>) -> Int {
    widths.reduce(0, +) + 2 * max(widths.count - 1, 0)
  }

  private func lines(_ row: [String], _ widths: [Int], _ count: Int, _ width: Int?) -> [String] {
    let padded = zip(row, widths).prefix(count).map { cell, width in
      cell + String(repeating: " ", count: max(width - Terminal.columns(of: cell), 0))
    }
    let line = Self.trimmed(padded.joined(separator: "  "))
    guard let width else { return [line] }
    guard count < row.count else {
      guard Terminal.columns(of: line) > width, row.count > 1 else { return [line] }
      let head = padded.dropLast().joined(separator: "  ") + "  "
      return Terminal.wrapped(
        row[row.count - 1], first: head, indent: Terminal.columns(of: head), width: width)
    }
    let rest = row[count...].filter { !$0.isEmpty }.joined(separator: "  ")
    let indent = String(repeating: " ", count: Self.indentation)
    return [line]
      + (rest.isEmpty ? [] : Terminal.wrapped(rest, first: indent, indent: Self.indentation, width: width))
  }

  private static func trimmed(_ line: String) -> String {
    let end = line.lastIndex { $0 != " " }.map { line.index(after: $0) } ?? line.startIndex
    return String(line[..<end])
  }
}
