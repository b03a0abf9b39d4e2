/// Why a configuration is refused: all that is wrong with it.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The most problems that are kept; further ones are only counted.
  static let mostKept = 1_000
  /// The most problems that the description lists.
  static let mostListed = 100

  /// The file, as it was named to the decoder.
  public let file: String
  /// The problems in the order of the file, the first 1,000 at most; never none.
  public let problems: [ConfigurationProblem]
  /// How many problems there are, those beyond the first 1,000 counted.
  public let count: Int

  /// The error that `file` has `problems`, and more where `count` says so.
  public init(file: String, problems: [ConfigurationProblem], count: Int? = nil) {
    self.file = file
    self.problems = problems
    self.count = max(count ?? 0, problems.count)
  }

  /// A line `file:line:column: path: message` for each of the first 100 problems, then how many more there are.
  public var description: String {
    let listed = problems.prefix(Self.mostListed)
    let lines = listed.map { "\(file):\($0)" }
    let rest = count - listed.count
    return (lines + (rest > 0 ? ["and \(rest) more"] : [])).joined(separator: "\n")
  }
}
