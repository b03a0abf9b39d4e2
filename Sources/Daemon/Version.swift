/// The version of the service, as `tokenroll version` and the User-Agent say it.
public enum Version {
  /// Semantic version (semver.org).
  public static let current = "0.1.0"
}
