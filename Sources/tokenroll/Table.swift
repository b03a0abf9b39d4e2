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

  /// All rows; the last column is not padded.
  var text: String {
    let columns = rows[0].count
    let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return zip(rows, styles).map { row, style in
      let cells = row.enumerated().map { column, cell in
        column == columns - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
      }
      let line = cells.joined(separator: "  ")
      let end = line.lastIndex { $0 != " " }.map { line.index(after: $0) } ?? line.startIndex
      return Terminal.styled(String(line[..<end]), style)
    }.joined(separator: "\n")
  }
}
