/// Why a text about time (or a time zone file) cannot be read: where it went wrong, what stands there, what was expected.
public struct TimeSyntaxError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Where the trouble begins: bytes from the start of the text in UTF-8, or from the start of the file.
  public var offset: Int
  /// What was read there and what was expected, as a clause without a full stop.
  public var message: String

  /// An error at `offset`.
  public init(offset: Int, message: String) {
    self.offset = offset
    self.message = message
  }

  /// The message, and where it applies.
  public var description: String { "at byte \(offset): \(message)" }
}
