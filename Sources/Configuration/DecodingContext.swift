/// What the decoder has to be told, for it looks at nothing but the text.
public struct DecodingContext: Sendable {
  /// The state directory where the configuration names none, an absolute path: the first one in `$STATE_DIRECTORY`.
  public var stateDirectory: String
  /// Whether the machine knows the IANA time zone of this name.
  public var zoneExists: @Sendable (String) -> Bool

  /// A context of these parts.
  public init(
    stateDirectory: String = "/var/lib/tokenroll", zoneExists: @escaping @Sendable (String) -> Bool
  ) {
    self.stateDirectory = stateDirectory
    self.zoneExists = zoneExists
  }
}
