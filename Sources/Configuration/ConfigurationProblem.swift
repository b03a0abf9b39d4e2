public import JSON

/// One thing that is wrong with a configuration.
public struct ConfigurationProblem: Sendable, Equatable, CustomStringConvertible {
  /// Where in the file.
  public let position: JSONPosition
  /// Which value, such as `tokens[1].schedule.every`; empty for the file as a whole.
  public let path: String
  /// What is wrong and what would be right, as a clause without a full stop.
  public let message: String

  /// The problem `message` of the value `path` at `position`.
  public init(position: JSONPosition, path: String, message: String) {
    self.position = position
    self.path = path
    self.message = message
  }

  /// `line:column: path: message`.
  public var description: String { "\(position): \(path.isEmpty ? "" : path + ": ")\(message)" }
}
