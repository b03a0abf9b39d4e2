/// Why the rules of a time zone are not to be had.
public struct TimeZoneFileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The name as it was given, or the path of the file.
  public var zone: String
  /// What happened, as a clause; with the cure where one is known.
  public var reason: String
  /// The error number of the system call that failed; nil where none did.
  public var code: Int32?

  /// A sentence that names the zone, the cause and the cure.
  public var description: String { "cannot load the time zone \"\(zone)\": \(reason)" }
}
