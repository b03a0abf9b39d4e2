internal import JSON

/// The problems found so far, each by its place in the text; of very many the first in the text are kept.
struct ProblemLog {
  private var found: [(offset: Int, message: String)] = []
  private var count = 0

  var isEmpty: Bool { count == 0 }

  mutating func add(_ message: String, at offset: Int) {
    count += 1
    found.append((offset, message))
    if found.count == 2 * ConfigurationError.mostKept { keepFirst() }
  }

  private mutating func keepFirst() {
    found.sort { $0.offset < $1.offset }
    found.removeLast(max(0, found.count - ConfigurationError.mostKept))
  }

  /// The error to throw: positions and paths are worked out here, and only here.
  func error(file: String, document: JSONDocument) -> ConfigurationError {
    var log = self
    log.keepFirst()
    let offsets = log.found.map(\.offset)
    let paths = PathFinder.paths(at: offsets, in: document.root)
    let positions = document.positions(at: offsets)
    let problems = zip(log.found, positions).map { problem, position in
      ConfigurationProblem(
        position: position, path: paths[problem.offset] ?? "", message: problem.message)
    }
    return ConfigurationError(file: file, problems: problems, count: count)
  }
}
