/// The rules for a path in the configuration.
enum AbsolutePath {
  /// The longest path and component, in bytes (PATH_MAX with its NUL, NAME_MAX; limits.h(0P)).
  static let mostBytes = 4_095
  static let mostComponentBytes = 255

  /// Why `path` is refused, as what follows its quotation; nil where it is good.
  static func refusal(of path: String) -> String? {
    guard path.utf8.first == UInt8(ascii: "/") else { return "is not an absolute path" }
    guard path.utf8.count <= mostBytes else { return "is longer than \(mostBytes) bytes" }
    if path.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return "has a control character" }
    var rest = path.utf8.dropFirst()
    while true {
      let component = rest.prefix { $0 != UInt8(ascii: "/") }
      if let refusal = refusal(ofComponent: component, isLast: component.endIndex == rest.endIndex) {
        return refusal
      }
      guard component.endIndex < rest.endIndex else { return nil }
      rest = rest[rest.index(after: component.endIndex)...]
    }
  }

  private static func refusal(ofComponent component: Substring.UTF8View, isLast: Bool) -> String? {
    if component.isEmpty { return isLast ? "ends with a slash" : "has an empty component" }
    if component.count > mostComponentBytes {
      return "has a component longer than \(mostComponentBytes) bytes"
    }
    let isStep = component.elementsEqual(".".utf8) || component.elementsEqual("..".utf8)
    return isStep ? "has the component \"\(String(Substring(component)))\"" : nil
  }

  /// True where `path` is `directory` or lies in it.
  static func lies(_ path: String, in directory: String) -> Bool {
    guard path.utf8.starts(with: directory.utf8) else { return false }
    let rest = path.utf8.dropFirst(directory.utf8.count)
    return rest.isEmpty || rest.first == UInt8(ascii: "/")
  }
}
