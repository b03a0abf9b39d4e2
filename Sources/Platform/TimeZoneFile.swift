public import Core
public enum TimeZoneFile {
  public static func load(name: String) throws -> TimeZoneRules { .utc }
  public static func local() throws -> TimeZoneRules { .utc }
}
