public import Core

/// `metrics`: a file with numbers for monitoring, which the service keeps up to date.
public struct MetricsSettings: Sendable, Equatable {
  /// `file`: an absolute path, no destination and not in the state directory.
  public var file: String
  /// `every`: at most once in this time is the file written, 1 s to 1 h.
  public var every = TimeSpan.minutes(1)

  /// Settings for `file`, with the defaults.
  public init(file: String) { self.file = file }
}
