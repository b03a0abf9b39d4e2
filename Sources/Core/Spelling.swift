/// Finds what somebody may have meant to write.
public enum Spelling {
  /// The one of `known` that `word` most likely stands for; nil where none is near.
  public static func nearest(to word: String, of known: [String]) -> String? {
    let folded = fold(word)
    let most = max(1, folded.count / 3)
    return known.map { ($0, distance(folded, fold($0))) }
      .filter { $0.1 <= most }
      .min { $0.1 < $1.1 }?.0
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
