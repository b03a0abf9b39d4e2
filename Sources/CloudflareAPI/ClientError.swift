/// Why no client could be made.
public struct ClientError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A full sentence that names the setting, what is wrong with it, and the cure.
  public let description: String

  init(_ description: String) { self.description = description }
}
