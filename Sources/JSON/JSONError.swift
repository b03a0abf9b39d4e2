/// Why a text is not the JSON that is accepted here, and where.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The place of the first thing that is wrong.
  public let position: JSONPosition
  /// What was read and what was expected; it quotes no word of the text, for a text may hold a secret.
  public let message: String

  /// The error `message` at `position`.
  public init(position: JSONPosition, message: String) {
    self.position = position
    self.message = message
  }

  /// `line:column: message`.
  public var description: String { "\(position): \(message)" }
}
