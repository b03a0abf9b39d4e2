public import Configuration
public import Platform

/// The units that the service may reload: what the polkit rule goes by, and what the configuration asks for.
public enum ReloadUnits {
  /// The list of the polkit rule, which belongs to root.
  public static let path = "/etc/tokenroll/reload-units"
  private static let readLimit = 16 << 20

  /// The units that entries of `configuration` have reloaded, frozen ones included, each once, in the order of bytes.
  public static func named(in configuration: Configuration) -> [String] {
    Set(configuration.tokens.lazy.flatMap(\.reload)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The units in the list at `path`; throws where it cannot be read.
  public static func listed(at path: String = path) throws(SystemError) -> Set<String> {
    let text = try AtomicFile.readFile(path, limit: readLimit, allowSymbolicLink: true)
    return text.withBytes { units(in: String(decoding: $0, as: UTF8.self)) }
  }

  /// The first word of each line, without comments, as the polkit rule reads it.
  static func units(in text: String) -> Set<String> {
    let lines = text.split(whereSeparator: \.isNewline).map { $0.prefix { $0 != "#" } }
    return Set(lines.compactMap { $0.split(whereSeparator: \.isWhitespace).first.map(String.init) })
  }
}
