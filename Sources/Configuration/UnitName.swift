/// The rules for a unit that is reloaded (systemd.unit(5), "string escaping" and "unit names").
enum UnitName {
  /// The longest name, in bytes.
  static let mostBytes = 255
  /// The types of units that can have something to reload: an ExecReload=, or a mount's options.
  static let types = ["service", "mount"]
  /// The service itself: a reload of it by itself would be a reload for ever.
  static let own = "tokenroll.service"

  /// Why `name` is refused, as what follows its quotation; nil where it is good.
  static func refusal(of name: String) -> String? {
    let bytes = name.utf8
    guard let dot = bytes.lastIndex(of: UInt8(ascii: ".")),
      types.contains(String(name[bytes.index(after: dot)...]))
    else {
      return "is not the whole name of a unit that can be reloaded; write e.g. \"caddy.service\""
    }
    if name == own { return "is this service itself" }
    if bytes.count > mostBytes { return "is longer than \(mostBytes) bytes" }
    let stem = bytes[..<dot]
    guard !stem.isEmpty, stem.first != UInt8(ascii: "@"), stem.allSatisfy(isAllowed) else {
      return
        "is not the name of a unit: letters, digits, \":\", \"-\", \"_\", \".\", \"\\\" and \"@\", no \"@\" first"
    }
    if let at = stem.firstIndex(of: UInt8(ascii: "@")), stem.index(after: at) == dot {
      return "is a template; name an instance of it"
    }
    return nil
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    byte.isWordCharacter
      || [UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: "\\"), UInt8(ascii: "@")].contains(byte)
  }
}
