/// Finds what somebody may have meant to write.
public enum Spelling {
  /// The one of `known` that `word` most likely stands for, misspelt or cut short; nil where none is near.
  ///
  /// Nil too where more than 100 are known: a file of many mistakes would take long.
  public static func nearest(to word: String, of known: some Collection<String>) -> String? {
    guard known.count <= 100 else { return nil }
    let folded = fold(word)
    let most = max(1, folded.count / 3)
    let misspelt = known.map { ($0, distance(folded, fold($0))) }.filter { $0.1 <= most }.min {
      ($0.1, $0.0) < ($1.1, $1.0)
    }
    return misspelt?.0
      ?? known.filter { isBeginning(folded, of: fold($0)) || isBeginning(fold($0), of: folded) }.min()
  }

  private static func isBeginning(_ short: [UInt8], of long: [UInt8]) -> Bool {
    short.count >= 3 && long.starts(with: short)
  }

  /// Upper case, `-` and `_` do not matter; of a very long word only the beginning is looked at.
  private static func fold(_ word: String) -> [UInt8] {
    word.lowercased().utf8.prefix(40).filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") }
  }

  /// Insertions, removals, replacements and swaps of neighbours from `a` to `b` (optimal string alignment).
  private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for row in a.indices {
      var current = [row + 1]
      for column in b.indices {
        let isSame = a[row] == b[column]
        var cost = min(last[column] + (isSame ? 0 : 1), last[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, a[row] == b[column - 1], a[row - 1] == b[column] {
          cost = min(cost, beforeLast[column - 1] + 1)
        }
        current.append(cost)
      }
      (beforeLast, last) = (last, current)
    }
    return last[b.count]
  }
}
