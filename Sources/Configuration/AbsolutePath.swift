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
    for component in path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      if component.isEmpty {
        return path.utf8.last == UInt8(ascii: "/") ? "ends with a slash" : "has an empty component"
      }
      guard component.count <= mostComponentBytes else {
        return "has a component longer than \(mostComponentBytes) bytes"
      }
      if component.elementsEqual(".".utf8) || component.elementsEqual("..".utf8) {
        return "has the component \"\(String(decoding: component, as: UTF8.self))\""
      }
    }
    return nil
  }

  /// True where `path` is `directory` or lies in it.
  static func lies(_ path: String, in directory: String) -> Bool {
    guard path.utf8.starts(with: directory.utf8) else { return false }
    let rest = path.utf8.dropFirst(directory.utf8.count)
    return rest.isEmpty || rest.first == UInt8(ascii: "/")
  }
}
